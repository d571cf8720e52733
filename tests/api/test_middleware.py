"""What stands around every request, tried on applications of a few lines."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from app.api.middleware import MAX_BODY_BYTES, RequestMiddleware
from app.ports.errors import OutcomeUnknown
from app.telemetry import spend

CANARY = "canary7f3a"


@dataclass
class Answer:
    """What was sent back."""

    messages: list[Message] = field(default_factory=list)

    async def send(self, message: Message) -> None:
        self.messages.append(message)

    async def unasked(self) -> Message:
        raise AssertionError("nothing is to be received")

    @property
    def status(self) -> int:
        return int(self.messages[0]["status"])

    @property
    def headers(self) -> dict[str, str]:
        return {name.decode().lower(): value.decode() for name, value in self.messages[0]["headers"]}

    @property
    def body(self) -> bytes:
        return b"".join(message["body"] for message in self.messages[1:])

    @property
    def code(self) -> str:
        assert self.headers["content-type"] == "application/problem+json"
        problem = json.loads(self.body)
        assert problem["status"] == self.status
        assert problem["instance"] == f"urn:kickbacks:request:{self.headers['x-request-id']}"
        return str(problem["code"])


async def swallow(scope: Scope, receive: Receive, send: Send) -> None:
    """Reads the body and answers with its length."""
    length, more = 0, True
    while more:
        message = await receive()
        length += len(message.get("body", b""))
        more = message.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"x-own", b"1")]})
    await send({"type": "http.response.body", "body": str(length).encode()})


async def ask(
    app: Callable[[Scope, Receive, Send], Any] = swallow,
    *,
    headers: dict[str, str] | None = None,
    chunks: tuple[bytes, ...] = (b"",),
    path: str = "/transactions",
    deadline_seconds: float = 5,
) -> Answer:
    arriving = [
        {"type": "http.request", "body": chunk, "more_body": place < len(chunks)}
        for place, chunk in enumerate(chunks, start=1)
    ]

    async def receive() -> Message:
        return arriving.pop(0)

    scope: Scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "headers": [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()],
    }
    answer = Answer()
    middleware = RequestMiddleware(app, new_id=lambda: "made-here", deadline_seconds=deadline_seconds)
    await middleware(scope, receive, answer.send)
    return answer


async def cancelled(app: Callable[[Scope, Receive, Send], Any]) -> Answer:
    """What was answered by the time that the server, which waits no longer, has cancelled the request."""
    scope: Scope = {"type": "http", "method": "GET", "path": "/", "headers": []}
    answer = Answer()
    middleware = RequestMiddleware(app, new_id=lambda: "made-here", deadline_seconds=5)
    task = asyncio.create_task(middleware(scope, answer.unasked, answer.send))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    return answer


async def test_whoever_the_server_does_not_wait_for_is_told_to_come_again() -> None:
    async def work(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(60)

    answer = await cancelled(work)
    assert (answer.status, answer.code) == (503, "UNAVAILABLE")
    assert answer.headers["retry-after"]


async def test_an_answer_that_has_begun_is_not_begun_again() -> None:
    async def work(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await asyncio.sleep(60)

    assert len((await cancelled(work)).messages) == 1


async def test_every_answer_has_an_id_and_says_what_it_cost() -> None:
    async def work(scope: Scope, receive: Receive, send: Send) -> None:
        spend("query", "ok", table="views", seconds=0.0031, read_units=0.5)
        await swallow(scope, receive, send)

    answer = await ask(work, chunks=(b"abc", b"de"))
    assert (answer.status, answer.body) == (200, b"5")
    assert answer.headers["x-own"] == "1"
    assert answer.headers["x-request-id"] == "made-here"
    assert answer.headers["server-timing"] == 'ddb;dur=3.1, rcu;desc="0.5"'


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("req-1.A:b_c", "req-1.A:b_c"),
        ("x" * 64, "x" * 64),
        ("x" * 65, "made-here"),
        ("", "made-here"),
        ("a b", "made-here"),
        ("a\r\nSet-Cookie: b", "made-here"),
        ("あ", "made-here"),
        ("4111111111111111", "made-here"),
    ],
)
async def test_a_request_id_is_taken_over_if_it_is_one(given: str, used: str) -> None:
    assert (await ask(headers={"X-Request-Id": given})).headers["x-request-id"] == used


@pytest.mark.parametrize(
    ("headers", "chunks", "status"),
    [
        ({"Content-Length": str(MAX_BODY_BYTES)}, (b"x" * MAX_BODY_BYTES,), 200),
        ({"Content-Length": str(MAX_BODY_BYTES + 1)}, (b"",), 413),
        ({"Content-Length": "9" * 5000}, (b"",), 413),
        ({"Content-Length": "-1"}, (b"",), 413),
        ({"Content-Length": "1e3"}, (b"",), 413),
        ({}, (b"x" * MAX_BODY_BYTES,), 200),
        ({}, (b"x" * MAX_BODY_BYTES, b"x"), 413),
        ({"Content-Length": "0" * 30}, (b"x" * (MAX_BODY_BYTES + 1),), 413),
    ],
)
async def test_a_body_has_at_most_64_kilobytes(headers: dict[str, str], chunks: tuple[bytes, ...], status: int) -> None:
    answer = await ask(headers=headers, chunks=chunks)
    assert answer.status == status
    assert status == 200 or answer.code == "PAYLOAD_TOO_LARGE"
    assert answer.headers.get("connection") == (None if status == 200 else "close")  # the rest is not waited for


async def test_a_stream_may_be_longer() -> None:
    chunks = (b"x" * MAX_BODY_BYTES, b"x")
    answer = await ask(path="/transactions:batch", headers={"Content-Length": str(MAX_BODY_BYTES + 1)}, chunks=chunks)
    assert (answer.status, answer.body) == (200, str(MAX_BODY_BYTES + 1).encode())


@pytest.mark.parametrize("path", ["/transactions", "/transactions:batch"])
@pytest.mark.parametrize(
    ("encoding", "status"), [("identity", 200), ("Identity", 200), ("gzip", 415), ("br", 415), ("gzip, identity", 415)]
)
async def test_a_packed_body_is_not_unpacked(encoding: str, status: int, path: str) -> None:
    answer = await ask(headers={"Content-Encoding": encoding}, path=path)
    assert answer.status == status
    assert status == 200 or answer.code == "UNSUPPORTED_MEDIA_TYPE"


async def hang(scope: Scope, receive: Receive, send: Send) -> None:
    await asyncio.Event().wait()


async def test_what_takes_too_long_is_given_up() -> None:
    answer = await ask(hang, deadline_seconds=0.01)
    assert (answer.status, answer.code) == (503, "UNAVAILABLE")
    assert answer.headers["retry-after"] == "1"


async def test_a_stream_may_take_its_time() -> None:
    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(0.03)
        await swallow(scope, receive, send)

    assert (await ask(slow, path="/transactions:batch", deadline_seconds=0.01)).status == 200


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (RuntimeError(CANARY), 500, "INTERNAL"),
        (KeyError(CANARY), 500, "INTERNAL"),
        (OutcomeUnknown(CANARY), 503, "UNAVAILABLE"),
    ],
)
async def test_whatever_goes_wrong_is_answered_without_a_word_of_it(error: Exception, status: int, code: str) -> None:
    async def fail(scope: Scope, receive: Receive, send: Send) -> None:
        raise error

    answer = await ask(fail)
    assert (answer.status, answer.code) == (status, code)
    assert CANARY.encode() not in answer.body
    assert CANARY not in str(answer.headers)


async def test_an_answer_that_has_begun_is_broken_off() -> None:
    async def fail(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError(CANARY)

    with pytest.raises(RuntimeError, match=CANARY):
        await ask(fail)


async def test_giving_up_from_outside_is_not_answered() -> None:
    task = asyncio.create_task(ask(hang))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_other_protocols_pass_untouched() -> None:
    seen: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope)

    scope: Scope = {"type": "lifespan"}
    answer = Answer()
    await RequestMiddleware(app, new_id=lambda: "x", deadline_seconds=1)(scope, answer.unasked, answer.send)
    assert seen == [{"type": "lifespan"}]
    assert answer.messages == []
