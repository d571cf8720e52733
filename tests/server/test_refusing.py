"""What is refused ends soon, its client reads why, and nobody pays for it with log lines or errors."""

import asyncio
import logging
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from app.server import refusing
from app.server.refusing import MAX_DISCARDED_BYTES, MAX_HEADER_LINES, MAX_UNREAD_BYTES
from app.telemetry import REQUESTS_MALFORMED
from tests.server.test_deadlines import BOUND_SECONDS, HOST, connected, everything
from tests.server.test_guarding import CHUNKED, READY, STREAM, answered, offered, server

MIB = 1024 * 1024
PIECE_BYTES = 64 * 1024
KEPT_SECONDS = 4.0  # less than a connection is kept between two requests
# Of an answer that is given before any of the body is read: there is no POST there.
UNWANTED = b"POST /ready HTTP/1.1\r\n" + HOST
ENDLESS = UNWANTED + b"Transfer-Encoding: chunked\r\n\r\n"
REFUSED_STREAM = STREAM.replace(b"batch", b"batch?refuse=1")
CHUNK = b"8000\r\n" + b"x" * 0x8000 + b"\r\n"


class Recorded:
    """Answers each request with endless pieces, and notes how each ended."""

    def __init__(self) -> None:
        self.scopes: list[Scope] = []
        self.asked = asyncio.Event()
        self.ended: asyncio.Queue[str] = asyncio.Queue()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return
        self.scopes.append(scope)
        self.asked.set()
        try:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            left: asyncio.Future[Message] = asyncio.ensure_future(
                receive()
            )  # that there is no body; and then, that nobody is there
            while not (left.done() and left.result()["type"] == "http.disconnect"):
                await send({"type": "http.response.body", "body": bytes(PIECE_BYTES), "more_body": True})
                if left.done() and left.result()["type"] != "http.disconnect":
                    left = asyncio.ensure_future(receive())
                await asyncio.sleep(0)
        except Exception as error:
            self.ended.put_nowait(repr(error))
            raise
        self.ended.put_nowait("told")


@pytest.mark.parametrize("close", [b"", b"Connection: close\r\n"], ids=["kept", "closed"])
async def test_who_sends_all_of_a_body_nobody_wants_still_reads_why(close: bytes) -> None:
    async with server(request_receive_seconds=60) as port, connected(port) as (reader, writer):
        writer.write(UNWANTED + close + b"Content-Length: %d\r\n\r\n" % MIB)
        for _ in range(MIB // PIECE_BYTES):
            writer.write(b"x" * PIECE_BYTES)
            await writer.drain()
            await asyncio.sleep(0.01)
        answer = await everything(reader)
        assert answer.startswith(b"HTTP/1.1 405 ")
        assert answer.count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize("opening", [ENDLESS, REFUSED_STREAM], ids=["request", "stream"])
async def test_an_endless_body_nobody_wants_is_cut(opening: bytes) -> None:
    async with server(request_receive_seconds=60) as port:
        assert await offered(port, opening, CHUNK) < MAX_UNREAD_BYTES + MAX_DISCARDED_BYTES + 4 * MIB
        assert await answered(port)


async def test_a_slow_one_is_cut_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusing, "LINGER_SECONDS", 1.0)
    async with server(request_receive_seconds=60) as port, connected(port) as (reader, writer):
        writer.write(ENDLESS + CHUNK * 3)
        assert b" 405 " in await everything(reader)  # its end is there at once, and the connection still is
        for _ in range(5):
            writer.write(b"1\r\nx\r\n")
            await writer.drain()
            await asyncio.sleep(0.02)
        async with asyncio.timeout(KEPT_SECONDS):
            with pytest.raises(ConnectionError):
                await _write_for_ever(writer)


async def test_nothing_behind_it_is_a_request() -> None:
    async with server(request_receive_seconds=60) as port, connected(port) as (reader, writer):
        writer.write(UNWANTED + b"Content-Length: %d\r\n\r\n" % (3 * PIECE_BYTES))
        for _ in range(3):
            writer.write(b"x" * PIECE_BYTES)
            await asyncio.sleep(0.05)
        writer.write(READY)
        assert (await everything(reader)).count(b"HTTP/1.1 ") == 1


async def test_a_body_that_soon_ends_keeps_its_connection() -> None:
    async with server(request_receive_seconds=60) as port, connected(port) as (reader, writer):
        writer.write(UNWANTED + b"Content-Length: 30000\r\n\r\n")
        async with asyncio.timeout(BOUND_SECONDS):
            assert b" 405 " in await reader.readuntil(b"\r\n")
        for _ in range(3):
            writer.write(b"x" * 10_000)
            await asyncio.sleep(0.02)
        writer.write(READY.replace(HOST, HOST + b"Connection: close\r\n"))
        assert b"HTTP/1.1 200 " in await everything(reader)


async def test_a_head_of_endless_lines_is_ended_while_it_is_read() -> None:
    async with server(request_receive_seconds=60) as port, connected(port) as (reader, writer):
        writer.write(b"GET /ready HTTP/1.1\r\n" + b"x:\r\n" * (MAX_HEADER_LINES + 1) + b"\r\n")
        assert b" 400 " in (await everything(reader))[:20]


async def test_so_is_one_of_trailers() -> None:
    async with server(request_receive_seconds=60) as port, connected(port) as (reader, writer):
        writer.write(CHUNKED + b"1\r\na\r\n0\r\n" + b"x:\r\n" * (MAX_HEADER_LINES + 1) + b"\r\n")
        assert b" 200 " not in await everything(reader)


async def test_trailers_become_no_headers() -> None:
    app = Recorded()
    async with server(app, request_receive_seconds=60) as port, connected(port) as (_, writer):
        writer.write(CHUNKED + b"1\r\na\r\n0\r\nAuthorization: Bearer a\r\n\r\n")
        await asyncio.wait_for(app.asked.wait(), BOUND_SECONDS)
        await asyncio.sleep(0.1)
        assert [name for name, _ in app.scopes[0]["headers"]] == [b"host", b"transfer-encoding"]


@pytest.mark.parametrize(
    "sent",
    [b"\x16\x03\x01\x00\xa5", b"GET /ready HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"],
    ids=["no HTTP", "two lengths"],
)
async def test_what_cannot_be_read_is_counted_and_not_logged(sent: bytes, caplog: pytest.LogCaptureFixture) -> None:
    before = _malformed()
    with caplog.at_level(logging.INFO, "uvicorn.error"):
        async with server(request_receive_seconds=60) as port, connected(port) as (reader, writer):
            caplog.clear()
            writer.write(sent)
            assert (await everything(reader)).startswith(b"HTTP/1.1 400 ")
            assert not [one for one in caplog.records if one.levelno >= logging.WARNING]
    assert _malformed() == before + 1


async def test_errors_of_the_application_are_logged_as_before(caplog: pytest.LogCaptureFixture) -> None:
    async def app(scope: Scope, _: Receive, __: Send) -> None:
        if scope["type"] == "http":
            raise RuntimeError("it fails")

    with caplog.at_level(logging.INFO, "uvicorn.error"):
        async with server(app, request_receive_seconds=60) as port, connected(port) as (reader, writer):
            writer.write(READY.replace(HOST, HOST + b"Connection: close\r\n"))
            assert b" 500 " in await everything(reader)
    assert [one.message for one in caplog.records if one.levelno >= logging.ERROR] == [
        "Exception in ASGI application\n"
    ]


@pytest.mark.parametrize("requests", [1, 3])
async def test_whoever_answers_is_told_that_the_client_has_left(
    requests: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Also where the client had sent more requests, which wait behind this one."""
    app = Recorded()
    with caplog.at_level(logging.INFO, "uvicorn.error"):
        async with server(app, request_receive_seconds=60) as port:
            async with connected(port) as (reader, writer):
                writer.write(READY * requests)
                await asyncio.wait_for(reader.readexactly(PIECE_BYTES), BOUND_SECONDS)
                await asyncio.sleep(0.2)  # more than it reads is under way
            assert await asyncio.wait_for(app.ended.get(), BOUND_SECONDS) == "told"
    assert not [one for one in caplog.records if one.levelno >= logging.ERROR]


async def test_so_it_is_where_the_server_cuts_it(caplog: pytest.LogCaptureFixture) -> None:
    app = Recorded()
    with caplog.at_level(logging.INFO, "uvicorn.error"):
        async with server(app, request_receive_seconds=0.3) as port, connected(port) as (_, writer):
            writer.write(READY * 3)
            assert await asyncio.wait_for(app.ended.get(), BOUND_SECONDS) == "told"
    assert not [one for one in caplog.records if one.levelno >= logging.ERROR]


async def _write_for_ever(writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"1\r\nx\r\n")
        await writer.drain()
        await asyncio.sleep(0.02)


def _malformed() -> Any:
    (metric,) = REQUESTS_MALFORMED.collect()
    return metric.samples[0].value
