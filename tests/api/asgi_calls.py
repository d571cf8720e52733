"""One request as an ASGI server makes it, without a client in between that would put it right."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote

from starlette.types import ASGIApp, Message, Scope


@dataclass(frozen=True, slots=True)
class Call:
    """A request; `path` is escaped, as in a request line. With `leaves` the client is gone before its body ends."""

    method: str
    path: str
    query: bytes = b""
    headers: Sequence[tuple[bytes, bytes]] = ()
    body: bytes = b""
    leaves: bool = False
    server: object = ("kickbacks.test", 80)


@dataclass(frozen=True, slots=True)
class Seen:
    """The answer, and what stands in the scope afterwards for those outside. Two are equal whoever answered."""

    status: int
    headers: dict[bytes, bytes]
    body: bytes
    route: str | None
    path_params: dict[str, str]
    by_fastapi: bool = field(compare=False)


async def seen(app: ASGIApp, call: Call, *, root_path: str = "") -> Seen:
    """Its answer, without what differs from call to call."""
    scope: Scope = {
        "type": "http",
        "http_version": "1.1",
        "scheme": "http",
        "server": call.server,
        "method": call.method,
        "root_path": root_path,
        "path": unquote(call.path),
        "raw_path": call.path.encode(),
        "query_string": call.query,
        "headers": [(b"host", b"kickbacks.test"), *call.headers],
    }
    arriving: list[Message] = [{"type": "http.request", "body": call.body[:9], "more_body": True}]
    if not call.leaves:
        arriving.append({"type": "http.request", "body": call.body[9:], "more_body": False})
    sent: list[Message] = []

    async def receive() -> Message:
        return arriving.pop(0) if arriving else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    headers = {name: value for name, value in sent[0]["headers"] if name != b"server-timing"}
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return Seen(
        sent[0]["status"],
        headers,
        body,
        route=getattr(scope.get("route"), "path", None),
        path_params=scope.get("path_params", {}),
        by_fastapi="router" in scope,
    )
