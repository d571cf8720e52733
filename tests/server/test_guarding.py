"""Clients that take more than there is need for are cut, and cost no memory; others are served meanwhile."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from app.server import listen, serve
from app.server.guarding import MAX_WAITING
from tests.server.test_deadlines import BOUND_SECONDS, HOST, connected, everything
from tests.server.tiny_service import settings_with, tiny_app

READY = b"GET /ready HTTP/1.1\r\n" + HOST + b"\r\n"
CHUNKED = b"POST /echo HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n"
STREAM = b"POST /transactions:batch HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n"


class Counted:
    """The tiny service, and how many requests it was given."""

    def __init__(self) -> None:
        self.tiny = tiny_app()
        self.state = self.tiny.state
        self.requests = 0
        self.asked = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            self.requests += 1
            self.asked.set()
        await self.tiny(scope, receive, send)


@asynccontextmanager
async def server(app: Any = None, **settings: float) -> AsyncIterator[int]:
    listener = listen("127.0.0.1", 0)
    port = listener.getsockname()[1]
    ready, stop = asyncio.Event(), asyncio.Event()
    chosen = settings_with(shutdown_seconds=1, **settings)
    task = asyncio.create_task(serve(app or tiny_app(), listener, chosen, on_ready=lambda _: ready.set(), stop=stop))
    try:
        await asyncio.wait_for(ready.wait(), 20)
        yield port
    finally:
        stop.set()
        await asyncio.wait_for(task, 20)


async def answered(port: int, local: str = "127.0.0.1") -> bool:
    """Whether a request on a new connection is answered; False where it is closed at once."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(local, 0))
        writer.write(READY)
        async with asyncio.timeout(BOUND_SECONDS):
            return b" 200 " in await reader.readline()
    except ConnectionError:
        return False
    finally:
        writer.transport.abort()


async def offered(port: int, opening: bytes, piece: bytes, most: int = 64 * 1024 * 1024) -> int:
    """How many bytes were sent until the server closed."""
    sent = 0
    async with connected(port) as (_, writer), asyncio.timeout(BOUND_SECONDS):
        writer.write(opening)
        try:
            while sent < most:
                writer.write(piece)
                await writer.drain()
                sent += len(piece)
                await asyncio.sleep(0)
        except ConnectionError:
            return sent
    return sent


@pytest.mark.parametrize("opening", [CHUNKED, STREAM], ids=["request", "stream"])
@pytest.mark.parametrize(
    ("before", "piece"),
    [
        (b"1\r\na\r\n0\r\n", b"a: b\r\n" * 10_000),
        (b"0\r\na: ", b"b" * 60_000),
        (b"1;", b"x" * 60_000),
        (b"", b"1;" + b"x" * 500 + b"\r\na\r\n"),
    ],
    ids=["trailers", "one trailer", "one extension", "extensions"],
)
async def test_what_is_no_body_has_an_end(opening: bytes, before: bytes, piece: bytes) -> None:
    async with server(request_receive_seconds=60) as port:
        assert await offered(port, opening + before, piece) < 8 * 1024 * 1024
        assert await answered(port)


@pytest.mark.parametrize("size", [1, 10, 1_000])
async def test_a_body_in_small_chunks_is_a_body(size: int) -> None:
    async with server(request_receive_seconds=60) as port, connected(port) as (reader, writer):
        body = bytes(range(97, 107)) * 3_000
        chunks = [body[start : start + size] for start in range(0, len(body), size)]
        writer.write(CHUNKED.replace(HOST, HOST + b"Connection: close\r\n"))
        for part in range(6):  # in several pieces, as it comes over a network
            await asyncio.sleep(0.02)
            writer.write(b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks[part::6]))
        writer.write(b"0\r\n\r\n")
        assert len((await everything(reader)).partition(b"\r\n\r\n")[2]) == len(body)


async def test_many_requests_before_the_first_answer_are_too_many() -> None:
    async with server(request_receive_seconds=60) as port, connected(port) as (reader, writer):
        writer.write(READY * (MAX_WAITING + 2))
        answers = await everything(reader)
        assert b"HTTP/1.1 400 " in answers
        assert await answered(port)


async def test_as_many_as_may_wait_are_answered() -> None:
    async with server(request_receive_seconds=60) as port, connected(port) as (reader, writer):
        last = READY.replace(HOST, HOST + b"Connection: close\r\n")
        writer.write(READY * MAX_WAITING + last)
        assert (await everything(reader)).count(b"HTTP/1.1 200 ") == MAX_WAITING + 1


async def test_nothing_is_begun_for_a_client_that_does_not_read() -> None:
    """It has one answer lying there, so its next request is not begun."""
    app = Counted()
    async with server(app, request_receive_seconds=60) as port, connected(port) as (_, writer):
        writer.write(b"GET /big HTTP/1.1\r\n" + HOST + b"\r\n" + READY)
        await asyncio.wait_for(app.asked.wait(), BOUND_SECONDS)
        for _ in range(20):
            await asyncio.sleep(0.02)
            assert app.requests == 1


async def test_when_it_reads_its_next_request_is_answered() -> None:
    async with server(request_receive_seconds=20) as port, connected(port) as (reader, writer):
        writer.write(b"GET /big HTTP/1.1\r\n" + HOST + b"\r\n" + READY.replace(HOST, HOST + b"Connection: close\r\n"))
        await asyncio.sleep(0.3)
        assert (await everything(reader)).count(b"HTTP/1.1 200 ") == 2


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has other addresses than 127.0.0.1 without being asked")
async def test_one_address_does_not_take_all_connections() -> None:
    async with server(address_connections=3, request_receive_seconds=60) as port, AsyncExitStack() as held:
        for _ in range(3):
            await held.enter_async_context(connected(port))
        assert not await answered(port)
        assert await answered(port, "127.0.0.2")
        await held.aclose()
        for _ in range(100):
            if await answered(port):
                return
            await asyncio.sleep(0.05)
        raise AssertionError("its places did not come back")
