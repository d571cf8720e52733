"""What the access layer does beside the table: open services, issuers and trails that do not answer, missing rows."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI, Request
from fastapi.routing import iter_route_contexts
from starlette.responses import Response
from structlog.testing import capture_logs

from app.api.access_rules import TABLE, gates
from app.api.application import build_application
from app.api.protection import Protection
from app.api.routing import StrictRoute
from app.callers import Caller, current_caller, set_caller
from app.domain.access import OPEN, Principal, Scope
from app.ports.errors import StoreUnavailable
from app.ports.identity import IssuerUnavailable, TokenRefused
from tests.api.asgi_calls import Call, Seen, seen
from tests.purchases import NOW

TOKEN = (b"authorization", b"Bearer abc.def.ghi")
AUDITOR = Principal("auditor", frozenset({Scope.AUDIT}))


class Answering:
    """An Identity that always gives or raises the same."""

    def __init__(self, outcome: Principal | Exception) -> None:
        self._outcome = outcome

    async def principal_of(self, _: str) -> Principal:
        """See the port."""
        if isinstance(self._outcome, Exception):
            raise self._outcome
        return self._outcome


class Down:
    """A trail that cannot be written to."""

    async def append(self, _: object) -> None:
        """See the port."""
        raise StoreUnavailable("injected")


def application(protection: Protection, outcome: Principal | Exception = AUDITOR) -> FastAPI:
    """Its GET /me says who asks, and who the rest of the process takes it for."""

    @asynccontextmanager
    async def never() -> AsyncIterator[Any]:
        raise AssertionError("no lifespan runs")
        yield

    app = build_application(never, new_request_id=lambda: "made-here", deadline_seconds=60, protection=protection)
    app.state.services = SimpleNamespace(
        identity=Answering(outcome), trail=Down(), live=SimpleNamespace(now=lambda: NOW)
    )

    async def tell(request: Request) -> Response:
        return Response(repr((request.scope["principal"], current_caller())).encode())

    for context in iter_route_contexts(app.routes):
        if context.path == "/me":
            context.dependant.call = tell
    return app


async def me(app: FastAPI, *headers: tuple[bytes, bytes], server: object = ("kickbacks.test", 80)) -> Seen:
    """GET /me"""
    set_caller(Caller("somebody else", "before"))
    return await seen(app, Call("GET", "/me", headers=headers, server=server))


def told(principal: Principal, actor: str) -> bytes:
    return repr((principal, Caller(actor, "made-here"))).encode()


async def test_in_an_open_service_nobody_is_asked() -> None:
    answer = await me(application(Protection()))
    assert (answer.status, answer.body) == (200, told(OPEN, "open"))


async def test_a_token_counts_in_an_open_service_too() -> None:
    """So that developers can try out what a token is good for."""
    answer = await me(application(Protection()), TOKEN)
    assert (answer.status, answer.body) == (200, told(AUDITOR, "client:auditor"))
    assert (await me(application(Protection(), TokenRefused("any")), TOKEN)).status == 401


async def test_a_user_is_named_by_the_id_here() -> None:
    hanako = Principal("h:abc", user_id="hanako")
    assert (await me(application(Protection(is_open=False), hanako), TOKEN)).body == told(hanako, "user:hanako")


@pytest.mark.parametrize(
    ("host", "is_answered"),
    [
        ("127.0.0.1", True),
        ("127.8.9.1", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("/run/kickbacks.sock", True),
        ("10.0.0.7", False),
        ("192.168.1.2", False),
        ("0.0.0.0", False),
        ("fe80::1%eth0", False),
        ("2001:db8::1", False),
        ("::ffff:10.0.0.7", False),
    ],
)
async def test_an_open_service_answers_this_machine_only(host: str, is_answered: bool) -> None:
    answer = await me(application(Protection()), server=(host, 8080))
    assert answer.status == (200 if is_answered else 403)
    assert (await me(application(Protection(open_to_network=True)), server=(host, 8080))).status == 200
    assert (await me(application(Protection()), TOKEN, server=(host, 8080))).status == 200
    assert (await me(application(Protection(is_open=False)), TOKEN, server=(host, 8080))).status == 200


async def test_where_the_issuer_is_away_it_is_to_be_tried_again() -> None:
    answer = await me(application(Protection(is_open=False), IssuerUnavailable("its keys are not known")), TOKEN)
    assert (answer.status, answer.headers[b"retry-after"]) == (503, b"1")
    assert b"keys" not in answer.body


async def test_where_the_vault_is_away_it_is_to_be_tried_again() -> None:
    answer = await me(application(Protection(is_open=False), StoreUnavailable("the vault")), TOKEN)
    assert (answer.status, answer.headers[b"retry-after"]) == (503, b"1")


async def test_what_cannot_be_written_down_is_not_shown() -> None:
    """The endpoint, which has no database here, is not reached."""
    app = application(Protection(is_open=False))
    answer = await seen(app, Call("GET", "/users/hanako/lots", headers=(TOKEN,)))
    assert (answer.status, answer.headers[b"retry-after"]) == (503, b"1")


async def test_why_a_token_was_refused_is_for_the_log_only() -> None:
    with capture_logs() as logs:
        answer = await me(application(Protection(is_open=False), TokenRefused("the reason")), TOKEN)
    assert [line for line in logs if line["event"] == "token refused"] == [
        {"event": "token refused", "log_level": "info", "request_id": "made-here", "reason": "the reason"}
    ]
    assert b"the reason" not in answer.body
    assert "the reason" not in str(answer.headers)


@pytest.mark.parametrize("with_docs", [True, False])
async def test_the_documentation_can_be_switched_off(with_docs: bool) -> None:
    for is_open in (True, False):
        app = application(Protection(is_open=is_open, docs_enabled=with_docs), TokenRefused("any"))
        for path in ("/docs", "/docs/oauth2-redirect", "/openapi.json", "/static-offline-docs/swagger-ui.css"):
            answer = await seen(app, Call("GET", path))
            assert answer.status == (200 if with_docs else 404 if is_open else 401), path


@pytest.mark.parametrize("path", ["/", "/static-offline-docs/../app/main.py", "/static-offline-docs/", "/redoc"])
async def test_nothing_else_is_public(path: str) -> None:
    assert (await seen(application(Protection(is_open=False)), Call("GET", path))).status == 401


def test_a_route_without_a_row_keeps_the_service_from_starting() -> None:
    router = APIRouter(route_class=StrictRoute)
    router.add_api_route("/new", lambda: None, methods=["PUT"])
    with pytest.raises(RuntimeError, match="PUT /new has no row"):
        gates(router.routes)
    assert gates(router.routes, {"PUT /new": TABLE["GET /me"]}).find("PUT", "/new") is not None


async def test_answers_are_for_who_asked_and_are_not_kept() -> None:
    app = application(Protection(is_open=False))
    for call in (Call("GET", "/me", headers=(TOKEN,)), Call("GET", "/me"), Call("GET", "/openapi.json")):
        answer = await seen(app, call)
        assert (answer.headers[b"cache-control"], answer.headers[b"vary"]) == (b"private, no-store", b"Authorization")
    files = await seen(app, Call("GET", "/static-offline-docs/swagger-ui.css"))
    assert b"cache-control" not in files.headers
