"""An application of a few lines behind the layers that protect the service, called as a server calls it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.middleware import RequestMiddleware


@dataclass
class Answer:
    """What was sent back."""

    messages: list[Message] = field(default_factory=list)

    async def send(self, message: Message) -> None:
        self.messages.append(message)

    @property
    def status(self) -> int:
        return int(self.messages[0]["status"])

    @property
    def headers(self) -> dict[str, str]:
        return {name.decode().lower(): value.decode() for name, value in self.messages[0]["headers"]}

    @property
    def problem(self) -> Any:
        assert self.headers["content-type"] == "application/problem+json"
        return json.loads(b"".join(message["body"] for message in self.messages[1:]))


async def ok(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"ok"})


def request(method: str = "GET", path: str = "/me", *, client: str = "192.0.2.1", query: bytes = b"") -> Scope:
    return {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": query,
        "headers": [(b"host", b"x")],
        "client": (client, 1),
    }


async def nothing() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


async def ask(
    layer: ASGIApp, scope: Scope, more: Mapping[str, Any] | None = None, receive: Receive = nothing
) -> Answer:
    """With RequestMiddleware around the layer, which answers what it raises."""
    answer = Answer()
    around = RequestMiddleware(layer, new_id=lambda: "made-here", deadline_seconds=5)
    await around({**scope, **(more or {})}, receive, answer.send)
    return answer
