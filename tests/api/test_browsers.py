"""What browsers are told: headers on every answer, what the documentation may load, and whose pages may ask."""

import hashlib
import re
from base64 import b64encode
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient, Response
from pydantic import ValidationError

from app.api.application import build_application
from app.api.protection import Protection
from app.domain.token_buckets import Allowance, TokenBuckets
from app.settings import Environment, Settings

PAGE = "https://app.example.com"
OTHERS = ("https://evil.example", "http://app.example.com", "https://app.example.com.evil.example", "null")


@asynccontextmanager
async def no_services() -> AsyncIterator[Any]:
    yield None


@asynccontextmanager
async def browser(**protection: Any) -> AsyncIterator[AsyncClient]:
    app = build_application(
        no_services, new_request_id=lambda: "made-here", deadline_seconds=5, protection=Protection(**protection)
    )
    async with app.router.lifespan_context(app):
        transport = ASGITransport(app=app, raise_app_exceptions=False)
        async with AsyncClient(transport=transport, base_url="http://kickbacks.test") as http:
            yield http


async def some_of_each(http: AsyncClient) -> Sequence[Response]:
    """200, 404, 405, 413, 414, 422 and 500, from all layers."""
    return [
        await http.get("/health/live"),
        await http.get("/nowhere"),
        await http.get("/docs/nowhere"),
        await http.delete("/transactions"),
        await http.post("/transactions", content=b"x" * 70_000),
        await http.get("/me?" + "x" * 5_000),
        await http.post("/transactions", json={}),
        await http.get("/health/ready"),  # there is no service here
        await http.get("/static-offline-docs/swagger-ui.css"),
        await http.get("/openapi.json"),
        await http.get("/docs"),
    ]


async def test_every_answer_has_them() -> None:
    async with browser(only_https=True) as http:
        answers = await some_of_each(http)
    assert [one.status_code for one in answers] == [200, 404, 404, 405, 413, 414, 422, 500, 200, 200, 200]
    for one in answers:
        assert one.headers["x-content-type-options"] == "nosniff"
        assert one.headers["referrer-policy"] == "no-referrer"
        assert one.headers["strict-transport-security"] == "max-age=63072000"
        assert one.headers["content-security-policy"].startswith("default-src 'none'; ")
        assert one.headers["content-security-policy"].endswith("frame-ancestors 'none'")
        assert len(one.headers.get_list("content-security-policy")) == 1
        assert "access-control-allow-origin" not in one.headers
        assert b"Traceback" not in one.content
    assert {one.headers["content-security-policy"] for one in answers[:-1]} == {
        "default-src 'none'; frame-ancestors 'none'"
    }


async def test_without_tls_nobody_is_kept_from_asking_again() -> None:
    async with browser() as http:
        assert "strict-transport-security" not in (await http.get("/health/live")).headers


@pytest.mark.parametrize("path", ["/docs", "/docs/oauth2-redirect"])
async def test_the_pages_of_the_documentation_run_their_own_scripts_and_no_others(path: str) -> None:
    async with browser(openid_issuer="https://issuer.example/realms/cards") as http:
        page = await http.get(path)
    policy = dict(part.strip().split(" ", 1) for part in page.headers["content-security-policy"].split(";"))
    inline = re.findall(r"<script>(.*?)</script>", page.text, re.DOTALL)
    assert len(inline) == 1
    digest = b64encode(hashlib.sha256(inline[0].encode()).digest()).decode()
    assert policy["script-src"] == f"'self' 'sha256-{digest}'"
    assert policy["style-src"] == "'self'"
    assert policy["connect-src"] == "'self' https://issuer.example"
    assert "unsafe" not in page.headers["content-security-policy"]
    assert not re.findall(r"\son\w+=", page.text)  # no hash allows a script that stands in an attribute
    assert all(
        re.findall(r'(?:src|href)="(/[^/"]*)', one) for one in re.findall(r"<(?:script src|link)[^>]*>", page.text)
    )


async def test_the_documentation_can_be_switched_off() -> None:
    async with browser(docs_enabled=False) as http:
        for path in (
            "/docs",
            "/docs/oauth2-redirect",
            "/openapi.json",
            "/static-offline-docs/swagger-ui.css",
            "/redoc",
        ):
            assert (await http.get(path)).status_code == 404
        assert (await http.get("/health/live")).status_code == 200


def preflight(
    origin: str, method: str, headers: str = "authorization, content-type, idempotency-key"
) -> dict[str, str]:
    asked = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": headers}
    return {"Origin": origin, **asked}


async def test_a_page_of_a_known_origin_may_ask_and_read() -> None:
    """Before any token is shown: browsers send none with the question."""
    async with browser(cors_origins=(PAGE,), is_open=False) as http:
        asked = await http.options("/users/hanako/kickbacks", headers=preflight(PAGE, "GET"))
        answer = await http.get("/users/hanako/kickbacks", headers={"Origin": PAGE})
        late = await http.get("/health/live", headers={"Origin": PAGE})
    assert asked.status_code == 200
    assert asked.headers["access-control-allow-origin"] == PAGE
    assert "*" not in str(asked.headers)
    assert "DELETE" not in asked.headers["access-control-allow-methods"]
    assert asked.headers["x-request-id"] == "made-here"
    assert answer.status_code == 401  # which the page can read
    for one in (answer, late):
        assert one.headers["access-control-allow-origin"] == PAGE
        assert "Origin" in one.headers["vary"]
        assert "Retry-After" in one.headers["access-control-expose-headers"]
    assert not any("access-control-allow-credentials" in one.headers for one in (asked, answer, late))


@pytest.mark.parametrize("origin", OTHERS)
async def test_others_may_not(origin: str) -> None:
    async with browser(cors_origins=(PAGE,)) as http:
        asked = await http.options("/transactions", headers=preflight(origin, "POST"))
        answer = await http.get("/health/live", headers={"Origin": origin})
    assert asked.status_code == 400
    assert not any("access-control-allow-origin" in one.headers for one in (asked, answer))


@pytest.mark.parametrize(("method", "headers"), [("DELETE", "content-type"), ("POST", "x-evil"), ("PATCH", "")])
async def test_only_what_there_is_can_be_asked(method: str, headers: str) -> None:
    async with browser(cors_origins=(PAGE,)) as http:
        asked = await http.options("/transactions", headers=preflight(PAGE, method, headers))
    assert asked.status_code == 400


async def test_without_origins_there_is_no_cors() -> None:
    async with browser() as http:
        asked = await http.options("/transactions", headers=preflight(PAGE, "POST"))
    assert asked.status_code == 405
    assert not any(name.startswith("access-control") for name in asked.headers)


async def test_questions_count_as_requests_of_their_address() -> None:
    addresses = TokenBuckets(Allowance(1, 2), most=10)
    async with browser(cors_origins=(PAGE,), addresses=addresses) as http:
        answers = [await http.options("/transactions", headers=preflight(PAGE, "POST")) for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert answers[-1].headers["x-request-id"] == "made-here"


@pytest.mark.parametrize(
    ("origin", "usable"),
    [
        (PAGE, True),
        ("https://app.example.com:8443", True),
        ("http://localhost:3000", True),
        ("http://127.0.0.1", True),
        ("*", False),
        ("null", False),
        ("https://*.example.com", False),
        ("http://app.example.com", False),
        ("https://app.example.com/", False),
        ("https://App.example.com", False),
        ("app.example.com", False),
    ],
)
def test_what_an_origin_is(origin: str, usable: bool) -> None:
    try:
        settings = Settings(environment=Environment.LOCAL, cors_origins=[origin])
    except ValidationError:
        assert not usable
    else:
        assert usable
        assert settings.cors_origins == [origin]
