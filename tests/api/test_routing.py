"""What the route class refuses before FastAPI sees it, on routes of a few lines."""

from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from httpx import ASGITransport, AsyncClient, Response

from app.api import errors
from app.api.middleware import RequestMiddleware
from app.api.routing import StrictRoute
from app.api.schemas import StrictModel

CANARY = "canary7f3a"


class Note(StrictModel):
    """For these tests."""

    note_text: str


def application() -> FastAPI:
    router = APIRouter(route_class=StrictRoute)

    @router.post("/notes")
    async def post_note(note: Note) -> str:
        return note.note_text

    @router.get("/notes")
    async def get_notes(limit: int = 1) -> int:
        return limit

    app = FastAPI()
    app.include_router(router)
    errors.install(app)
    app.add_middleware(RequestMiddleware, new_id=lambda: "made-here", deadline_seconds=5)
    return app


async def ask(method: str, path: str, **options: Any) -> Response:
    async with AsyncClient(transport=ASGITransport(application()), base_url="http://testserver") as client:
        return await client.request(method, path, **options)


def assert_problem(response: Response, status: int, code: str) -> None:
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response.headers["content-type"] == "application/problem+json"
    assert CANARY not in response.text


@pytest.mark.parametrize("media_type", ["application/json", "Application/JSON; charset=utf-8", "application/hal+json"])
async def test_json_is_taken(media_type: str) -> None:
    response = await ask("POST", "/notes", content=b'{"noteText": "a"}', headers={"Content-Type": media_type})
    assert (response.status_code, response.json()) == (200, "a")


@pytest.mark.parametrize(
    "media_type", [None, "", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "json", CANARY]
)
async def test_other_types_are_refused(media_type: str | None) -> None:
    headers = {} if media_type is None else {"Content-Type": media_type}
    response = await ask("POST", "/notes", content=b'{"noteText": "a"}', headers=headers)
    assert_problem(response, 415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        (b'{"noteText": "canary7f3a", "noteText": "b"}', "must not repeat a field"),
        (b'{"noteText": NaN, "canary7f3a": 1}', "must not contain NaN or Infinity"),
        (b'{"noteText": "\xff canary7f3a"}', "must be UTF-8"),
        (b"[" * 4_000, "must not be nested that deeply"),
        (b"{canary7f3a", "must be JSON"),
    ],
)
async def test_bad_json_is_refused_with_a_fixed_text(content: bytes, detail: str) -> None:
    response = await ask("POST", "/notes", content=content, headers={"Content-Type": "application/json"})
    assert_problem(response, 422, "VALIDATION_FAILED")
    assert response.json()["errors"] == [{"pointer": "", "detail": detail}]


@pytest.mark.parametrize(
    ("method", "path", "detail"),
    [
        ("POST", "/notes?dryRun=1", "no parameters are known here"),
        ("POST", f"/notes?{CANARY}={CANARY}", "no parameters are known here"),
        ("GET", "/notes?limit=1&limit=2", "a parameter must not be given twice"),
        ("GET", f"/notes?{CANARY}=1&{CANARY}=1", "a parameter must not be given twice"),
    ],
)
async def test_parameters_that_would_be_ignored_are_refused(method: str, path: str, detail: str) -> None:
    response = await ask(method, path, json={"noteText": "a"} if method == "POST" else None)
    assert_problem(response, 422, "VALIDATION_FAILED")
    assert response.json()["errors"] == [{"pointer": "/query", "detail": detail}]


async def test_known_parameters_pass() -> None:
    assert (await ask("GET", "/notes?limit=7")).json() == 7
    assert (await ask("GET", "/notes?")).json() == 1


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [("GET", f"/{CANARY}", 404, "NOT_FOUND"), ("DELETE", "/notes", 405, "METHOD_NOT_ALLOWED")],
)
async def test_other_addresses_and_methods_are_problems_too(method: str, path: str, status: int, code: str) -> None:
    assert_problem(await ask(method, path), status, code)


async def test_a_refused_method_is_told_all_that_the_path_allows() -> None:
    """They are routes of their own, which only know themselves."""
    assert (await ask("DELETE", "/notes")).headers["allow"] == "GET, POST"
