"""An application that asks for tokens, with endpoints that only say that they were reached."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.responses import Response
from starlette.routing import Mount
from starlette.types import Message

from app.api.application import build_application
from app.api.protection import Protection
from app.api.routing import StrictRoute
from app.api.services import Services
from app.bootstrap.identity import open_identity
from app.ports.audit import AuditRow
from app.settings import Environment, Settings
from tests.api.test_direct_routes import GOOD
from tests.identity.issuer import AUDIENCE, Issuer, issuer
from tests.purchases import NOW

PATHS = GOOD | {"file": "swagger-ui.css"}
OWNER, STRANGER = GOOD["id"], "taro"
REACHED = b"reached"


@dataclass
class Trail:
    """Keeps what is appended."""

    rows: list[AuditRow] = field(default_factory=list)

    async def append(self, row: AuditRow) -> None:
        """See the port."""
        self.rows.append(row)


class OnlyThese(SimpleNamespace):
    """Services of which nothing else may be touched."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{name} was asked for before it was decided")


@dataclass(frozen=True)
class World:
    """An application that asks for tokens, whose they are, and what it wrote down."""

    app: FastAPI
    issuer: Issuer
    trail: Trail


async def reached(**_: Any) -> Response:
    """In the place of every endpoint."""
    return Response(REACHED)


def _no_routes() -> Any:
    raise AssertionError("nobody starts this one")


def routes(app: FastAPI) -> Iterator[tuple[str, Any]]:
    """Method and template of all there are, our own or not."""
    for context in iter_route_contexts(app.routes):
        if isinstance(context.original_route, Mount):
            yield f"GET {context.path}/{{file}}", context
        else:
            yield from ((f"{method} {context.path}", context) for method in context.methods or () if method != "HEAD")


NAMES = sorted(name for name, _ in routes(build_application(_no_routes, new_request_id=str, deadline_seconds=1)))


@asynccontextmanager
async def asking_for_tokens() -> AsyncIterator[World]:
    """The real check of tokens, by the keys of an issuer that listens."""
    trail = Trail()
    async with AsyncExitStack() as stack:
        one = stack.enter_context(issuer())
        settings = Settings(environment=Environment.LOCAL, auth_issuer=one.url, auth_audience=AUDIENCE)
        identity = await stack.enter_async_context(open_identity(settings))

        @asynccontextmanager
        async def open_services() -> AsyncIterator[Services]:
            services: Any = OnlyThese(identity=identity, trail=trail, live=SimpleNamespace(now=lambda: NOW))
            yield services

        app = build_application(
            open_services, new_request_id=lambda: "made-here", deadline_seconds=60, protection=Protection(is_open=False)
        )
        for _, context in routes(app):
            if isinstance(context.original_route, StrictRoute):
                context.dependant.call = reached
        await stack.enter_async_context(app.router.lifespan_context(app))
        yield World(app, one, trail)


@dataclass(frozen=True)
class Answer:
    """`was_read`: whether anybody asked for the request's body."""

    status: int
    headers: dict[str, str]
    body: bytes
    was_read: bool


async def ask(app: FastAPI, name: str, *headers: tuple[bytes, bytes], path: str | None = None) -> Answer:
    """One request for a route, with a body that must not be asked for."""
    method, template = name.split()
    sent: list[Message] = []
    reads = 0

    async def receive() -> Message:
        nonlocal reads
        reads += 1
        if reads > 1:
            await asyncio.Event().wait()  # the client stays, and says nothing more
        return {"type": "http.request", "body": b"{}", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "http_version": "1.1",
        "scheme": "http",
        "server": ("kickbacks.test", 80),
        "method": method,
        "root_path": "",
        "path": path or re.sub(r"{(\w+)}", lambda found: PATHS[found[1]], template),
        "raw_path": b"",
        "query_string": b"",
        "headers": [(b"host", b"kickbacks.test"), (b"content-type", b"application/json"), *headers],
    }
    await app(scope, receive, send)
    answered = {key.decode(): value.decode() for key, value in sent[0]["headers"]}
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return Answer(sent[0]["status"], answered, body, was_read=reads > 0)


def bearer(token: str) -> tuple[bytes, bytes]:
    return b"authorization", f"Bearer {token}".encode()


def user(one: Issuer, name: str, *scopes: str) -> str:
    return one.token(name, scopes=[f"kickbacks:{scope}" for scope in scopes])


def program(one: Issuer, *scopes: str, name: str = "shop") -> str:
    return one.token(name, scopes=[f"kickbacks:{scope}" for scope in scopes], claims={"client_id": name})
