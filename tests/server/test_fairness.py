"""What comes at once is read in slices, and nothing of it is lost or comes in another order."""

import asyncio
import hashlib
import random
from typing import Any, cast

import pytest
from starlette.types import Receive, Scope, Send

from app.server.fairness import SLICE_BYTES, FairProtocol, SlicedFlow
from tests.server.test_deadlines import BOUND_SECONDS, HOST, connected, everything
from tests.server.test_guarding import CHUNKED, READY, server

CLOSE = HOST + b"Connection: close\r\n"


class Turns:
    """An application that echoes a body's digest, and notes the pieces in which it came."""

    def __init__(self, pause_seconds: float = 0.0) -> None:
        self.pieces: list[int] = []
        self._pause_seconds = pause_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        digest, more = hashlib.sha256(), True
        while more:
            message = await receive()
            body, more = message.get("body", b""), message.get("more_body", False)
            digest.update(body)
            self.pieces.append(len(body))
            await asyncio.sleep(self._pause_seconds)
        answer = digest.hexdigest().encode()
        length = (b"content-length", b"%d" % len(answer))
        await send({"type": "http.response.start", "status": 200, "headers": [length]})
        await send({"type": "http.response.body", "body": answer})


class Wire(asyncio.Transport):
    """Whether it is being read from."""

    reading = True

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True


@pytest.mark.parametrize("size", [SLICE_BYTES, SLICE_BYTES + 1, 60_000, 1_000_000])
@pytest.mark.parametrize("pause_seconds", [0.0, 0.002], ids=["quick", "slow"])
async def test_a_body_arrives_as_it_was_sent(size: int, pause_seconds: float) -> None:
    app, body = Turns(pause_seconds), random.Random(size).randbytes(size)
    async with server(app, request_receive_seconds=60) as port, connected(port) as (reader, writer):
        writer.write(b"POST /echo HTTP/1.1\r\n" + CLOSE + b"Content-Length: %d\r\n\r\n" % size + body)
        assert (await everything(reader)).endswith(hashlib.sha256(body).hexdigest().encode())
    assert sum(app.pieces) == size


async def test_so_does_one_in_the_smallest_chunks() -> None:
    app, body = Turns(), random.Random(1).randbytes(20_000)
    async with server(app, request_receive_seconds=60) as port, connected(port) as (reader, writer):
        chunks = b"".join(b"1\r\n%c\r\n" % byte for byte in body) + b"0\r\n\r\n"
        writer.write(CHUNKED.replace(HOST, CLOSE) + chunks)
        assert (await everything(reader)).endswith(hashlib.sha256(body).hexdigest().encode())
    assert max(app.pieces) <= 2 * SLICE_BYTES / 6  # of the application one is taken in each turn, or two


async def test_requests_behind_a_large_one_are_answered_in_order() -> None:
    async with server(request_receive_seconds=60) as port, connected(port) as (reader, writer):
        body = b"x" * 50_000
        writer.write(b"POST /echo HTTP/1.1\r\n" + HOST + b"Content-Length: 50000\r\n\r\n" + body + READY * 5)
        writer.write(READY.replace(HOST, CLOSE))
        answers = await everything(reader)
    assert answers.count(b"HTTP/1.1 200 ") == 7
    assert answers.index(body) < answers.index(b"\r\n\r\nready")


async def test_an_end_behind_what_is_left_is_noticed_after_it() -> None:
    app = Turns()
    async with server(app, request_receive_seconds=60) as port, connected(port) as (reader, writer):
        writer.write(b"POST /echo HTTP/1.1\r\n" + HOST + b"Content-Length: 100000\r\n\r\n" + b"x" * 99_999)
        writer.write_eof()
        assert await everything(reader) == b""
        async with asyncio.timeout(BOUND_SECONDS):
            while sum(app.pieces) < 99_999:  # noqa: ASYNC110 - the service has no event for it
                await asyncio.sleep(0.01)


def test_nothing_is_read_while_something_is_left() -> None:
    wire = Wire()
    flow = SlicedFlow(wire)
    flow.hold()
    flow.pause_reading()
    flow.resume_reading()
    assert not wire.reading
    flow.release()
    assert wire.reading
    flow.pause_reading()
    assert not wire.reading
    flow.hold()
    flow.release()
    assert not wire.reading  # the application has not asked for more
    flow.resume_reading()
    assert wire.reading


async def test_a_turn_is_a_slice(monkeypatch: pytest.MonkeyPatch) -> None:
    handed: list[int] = []
    turns: list[int] = []

    async def count() -> None:
        while True:
            turns.append(len(handed))
            await asyncio.sleep(0)

    monkeypatch.setattr(FairProtocol.__mro__[1], "data_received", lambda _, data: handed.append(len(data)))
    protocol: Any = object.__new__(FairProtocol)
    protocol._left, protocol.loop = b"", asyncio.get_running_loop()
    wire = Wire()
    wire.is_closing = lambda: False  # type: ignore[method-assign]  # it has no end
    protocol.transport, protocol.flow = wire, SlicedFlow(wire)
    counting = asyncio.create_task(count())
    cast(FairProtocol, protocol).data_received(b"x" * 5 * SLICE_BYTES)
    cast(FairProtocol, protocol).data_received(b"y")  # what was under way when reading stopped
    assert not wire.reading
    for _ in range(8):
        await asyncio.sleep(0)
    counting.cancel()
    assert handed == [SLICE_BYTES] * 5 + [1]
    assert {1, 2, 3, 4, 5} <= set(turns)  # others had their turn after each
    assert wire.reading
