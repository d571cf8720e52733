"""The short way to an endpoint and FastAPI's own give the same: for every route, with good requests and bad ones.

Endpoints are replaced by one that answers with its arguments. A root path is what makes FastAPI's own way be taken.
"""

import functools
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import pytest_asyncio
from fastapi import FastAPI
from fastapi.routing import RouteContext, iter_route_contexts
from starlette.responses import Response

from app.api.application import build_application
from app.api.middleware import MAX_BODY_BYTES
from app.api.planning import plan_of
from app.api.routing import StrictRoute
from app.api.services import Services
from tests.api.asgi_calls import Call, seen

JSON = (b"content-type", b"application/json")
GOOD = {
    "id": "hanako",
    "transactionId": "txn1",
    "cat": "GROCERY",
    "cardId": "card-1",
    "period": "2025-04",
    "redemptionId": "r1",
    "benefitId": "video",
    "type": "POINT",
    "version": "3",
}
BAD = ["a%23b", "4111111111111111", "x" * 65, "%E3%81%82", "a%2Fb", "a%0A", "%20", "0", "lower", "2025-13", "."]
QUERIES = [
    b"&",
    b"limit=5",
    b"limit=0&type=YEN",
    b"limt=3",
    b"limit=1&limit=1",
    b"from=2023-01-01&to=2023-12-31&limit=200",
    b"from=2023-01-02&to=yesterday&view=dead",
    b"month=2023-05&limit=10&view=live",
    b"month=2023-05&year=2023",
    b"first=2023-01-01",
    b"notBefore=2023-01-01T00%3A00%3A00Z",
    b"at=2023-01-01T00:00:00%2B09:00",
    b"type=POINT&cardId=c&category=grocery",
    b"type=&limit=",
    b"cursor=abc",
    b"by=user",
    b"by",
    b"=",
    b"x=1&y=2&%ff=%ff",
    b"\xff=1",
    b"LIMIT=5",
    b"limit=%EF%BC%95",
    b"limit=+5",
]
BODIES = [
    b"",
    b"{}",
    b"[]",
    b"null",
    b'"text"',
    b"{",
    b" ",
    b'{"a": 1, "a": 2}',
    b'{"userId": NaN}',
    b'{"userId": "\xff"}',
    b"[" * 20_000,
    b" " * (MAX_BODY_BYTES + 1),
]
TYPES = [
    (),
    ((b"content-type", b""),),
    ((b"content-type", b"text/plain"),),
    ((b"content-type", b"text/x+json"),),
    ((b"content-type", b"+json"),),
    ((b"content-type", b"application/a/b+json"),),
    ((b"content-type", b" Application/JSON ; charset=utf-8"),),
    ((b"content-type", b"application/hal+json"),),
    ((b"content-type", b"application/+json"),),
    (JSON, (b"content-type", b"text/plain")),
    ((b"content-type", b"text/plain"), JSON),
]
HEADERS = [
    (b"if-match", b"3"),
    (b"if-match", b'"3"'),
    (b"if-match", b"*"),
    (b"if-match", b""),
    (b"idempotency-key", b"key-1"),
    (b"idempotency-key", b"a#b"),
    (b"idempotency-key", b"\xff"),
    (b"content-encoding", b"gzip"),
    (b"content-length", b"70000"),
    (b"x-request-id", b"given"),
]


def echo(endpoint: Callable[..., Awaitable[Response]]) -> Callable[..., Awaitable[Response]]:
    """The endpoint's signature and kind, but it answers what it was called with."""

    @functools.wraps(endpoint)
    async def echoed(**arguments: Any) -> Response:
        request = arguments.pop("request", None)
        if request is not None:
            arguments["requested"] = (request.url.path, request.path_params, request.scope["route"].path)
        return Response(repr(sorted(arguments.items())).encode())

    return echoed


@asynccontextmanager
async def no_services() -> AsyncIterator[Services]:
    """Endpoints that are replaced need none; what takes them is compared all the same."""
    yield "the services"  # type: ignore[misc]  # nothing looks at them


def contexts(app: FastAPI) -> dict[str, RouteContext]:
    """Ours, by method and template."""
    return {
        f"{method} {context.path}": context
        for context in iter_route_contexts(app.routes)
        if isinstance(context.original_route, StrictRoute)
        for method in context.methods or ()
    }


@pytest_asyncio.fixture(scope="module")
async def echoing() -> AsyncIterator[FastAPI]:
    """The application with endpoints that answer their arguments."""
    app = build_application(no_services, new_request_id=lambda: "made-here", deadline_seconds=60)
    for context in contexts(app).values():
        if plan_of(context) is not None:
            context.dependant.call = echo(context.dependant.call)
    async with app.router.lifespan_context(app):
        yield app


STREAM = "POST /transactions:batch"
NAMES = sorted(contexts(build_application(no_services, new_request_id=str, deadline_seconds=1)))


def calls(name: str, body_field: Any) -> Iterator[Call]:
    """One good request, and many that differ from it in one thing."""
    method, template = name.split()
    path = re.sub(r"{(\w+)}", lambda found: GOOD[found[1]], template)
    good = example_body(body_field)
    headers = [JSON] if good else []

    def call(**changes: Any) -> Call:
        return Call(**{"method": method, "path": path, "headers": headers, "body": good, **changes})

    yield call()
    for parameter in re.findall(r"{\w+}", template):
        before, after = template.split(parameter)
        for bad in BAD:
            filled = [re.sub(r"{(\w+)}", lambda found: GOOD[found[1]], part) for part in (before, after)]
            yield call(path=bad.join(filled))
    yield from (call(query=query) for query in QUERIES)
    yield from (call(headers=[*headers, header]) for header in HEADERS)
    yield call(headers=[*headers, HEADERS[0], HEADERS[1], HEADERS[4], HEADERS[5]])
    yield call(headers=[*headers, HEADERS[2], HEADERS[5]], body=b"{}")
    yield from (call(body=body) for body in (BODIES if good else BODIES[1:2]))
    yield call(body=good[:-1] + b', "unknown": 1}')
    yield from (call(headers=headers, body=body) for headers in TYPES for body in {good, b""})
    yield call(path=BAD[0].join(re.split(r"{\w+}", template)), query=b"limit=0&limt=1", body=b"{}")
    yield call(leaves=True)
    yield from (call(method=other) for other in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"))
    for other in (path + "/", "/" + path, path + "%0A", path.upper(), path[1:], path.replace("/", "//", 2), "*", ""):
        yield call(path=other)


def example_body(body_field: Any) -> bytes:
    if body_field is None:
        return b""
    found: Any = body_field.field_info.annotation.model_config["json_schema_extra"]["examples"][0]
    return json.dumps(found).encode()


@pytest.mark.parametrize("name", NAMES)
async def test_both_ways_answer_the_same(echoing: FastAPI, name: str) -> None:
    statuses = set()
    for call in calls(name, contexts(echoing)[name].body_field):
        direct, fastapi = await seen(echoing, call), await seen(echoing, call, root_path="/elsewhere")
        assert direct == fastapi, call
        assert direct.status < 500, call
        assert fastapi.by_fastapi or fastapi.status in (404, 405, 413, 415), call
        statuses.add(direct.status)
    assert statuses >= {404, 405, 415, 422}


@pytest.mark.parametrize("name", [name for name in NAMES if name != STREAM])
async def test_a_good_request_takes_the_short_way_to_its_endpoint(echoing: FastAPI, name: str) -> None:
    answer = await seen(echoing, next(calls(name, contexts(echoing)[name].body_field)))
    assert answer.route == name.split()[1]
    assert not answer.by_fastapi
    assert answer.status == 200 or b'"pointer":"/query' in answer.body  # some parameters have to be there


def test_only_streams_take_fastapis_way() -> None:
    app = build_application(no_services, new_request_id=str, deadline_seconds=1)
    assert [name for name, context in contexts(app).items() if plan_of(context) is None] == [STREAM]


async def broken(**_: Any) -> Response:
    """An endpoint with a mistake in it."""
    raise RuntimeError("secret")


async def test_what_nobody_foresaw_is_answered_by_us_both_ways() -> None:
    app = build_application(no_services, new_request_id=lambda: "made-here", deadline_seconds=60)
    contexts(app)["GET /health/live"].dependant.call = broken
    call = Call("GET", "/health/live")
    direct, fastapi = await seen(app, call), await seen(app, call, root_path="/elsewhere")
    assert direct == fastapi
    assert (direct.status, json.loads(direct.body)["code"]) == (500, "INTERNAL")
    assert direct.headers[b"content-type"] == b"application/problem+json"
    assert fastapi.by_fastapi
    assert not direct.by_fastapi
