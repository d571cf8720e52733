"""Slow clients are cut, and nobody else. Every wait is bounded, far above the deadline that is tested."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from app.server.protocol import MAX_HEAD_BYTES
from tests.server.conftest import Started
from tests.server.tiny_service import BIG_BYTES

SHORT_SECONDS = 0.3
LONG_SECONDS = 1.0
BOUND_SECONDS = 15.0
HOST = b"Host: x\r\n"


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


async def everything(reader: asyncio.StreamReader) -> bytes:
    """What comes until the server closes. A connection that stays open is a TimeoutError."""
    received = bytearray()
    async with asyncio.timeout(BOUND_SECONDS):
        try:
            while chunk := await reader.read(65_536):
                received += chunk
        except ConnectionResetError:
            return bytes(received)
    return bytes(received)


async def trickle(writer: asyncio.StreamWriter, piece: bytes) -> None:
    """A piece again and again, never pausing for as long as the deadline, until it is cancelled or cut."""
    try:
        for _ in range(int(BOUND_SECONDS / 0.05)):
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.05)
    except ConnectionError:
        return


@pytest.mark.parametrize(
    ("opening", "piece"),
    [
        (b"", b""),
        (b"GET /ready HTTP/1.1\r\n" + HOST, b""),
        (b"GET /ready HTTP/1.1\r\n" + HOST + b"x-slow: ", b"a"),
        (b"", b"\r\n"),
        (b"POST /echo HTTP/1.1\r\n" + HOST + b"Content-Length: 60000\r\n\r\n", b"b"),
        (b"POST /transactions:batch HTTP/1.1\r\n" + HOST + b"Content-Length: 60000\r\n\r\n", b"b"),
        (b"POST /transactions:batch HTTP/1.1\r\n" + HOST + b"x-slow: ", b"a"),
    ],
    ids=["silent", "half a head", "head trickles", "empty lines", "body trickles", "stream trickles", "stream's head"],
)
async def test_a_request_that_does_not_arrive_is_cut(start: Started, opening: bytes, piece: bytes) -> None:
    port = await start(SHORT_SECONDS)
    async with connected(port) as (reader, writer):
        writer.write(opening)
        sender = asyncio.create_task(trickle(writer, piece) if piece else asyncio.sleep(0))
        try:
            received = await everything(reader)
        finally:
            sender.cancel()
            await asyncio.wait([sender])
    assert b"200 OK" not in received or b"batch" in opening


async def test_a_body_behind_an_early_answer_has_a_deadline_too(start: Started) -> None:
    port = await start(SHORT_SECONDS)
    async with connected(port) as (reader, writer):
        writer.write(b"POST /transactions:batch?refuse=1 HTTP/1.1\r\n" + HOST + b"Content-Length: 60000\r\n\r\n")
        sender = asyncio.create_task(trickle(writer, b"c"))
        try:
            received = await everything(reader)
        finally:
            sender.cancel()
            await asyncio.wait([sender])
    assert received.startswith(b"HTTP/1.1 415")


async def test_empty_lines_after_a_request_do_not_keep_a_connection(start: Started) -> None:
    port = await start(SHORT_SECONDS)
    async with connected(port) as (reader, writer):
        writer.write(b"GET /ready HTTP/1.1\r\n" + HOST + b"\r\n")
        sender = asyncio.create_task(trickle(writer, b"\r\n"))
        try:
            received = await everything(reader)
        finally:
            sender.cancel()
            await asyncio.wait([sender])
    assert received.startswith(b"HTTP/1.1 200")


async def test_a_slow_answer_is_not_cut(start: Started) -> None:
    port = await start(SHORT_SECONDS)
    async with connected(port) as (reader, writer):
        writer.write(b"GET /slow?seconds=1.2 HTTP/1.1\r\nConnection: close\r\n" + HOST + b"\r\n")
        assert (await everything(reader)).endswith(b"done")


async def test_the_beginning_of_a_next_request_does_not_cut_the_answer_under_way(start: Started) -> None:
    port = await start(SHORT_SECONDS)
    async with connected(port) as (reader, writer):
        writer.write(b"GET /slow?seconds=1.2 HTTP/1.1\r\n" + HOST + b"\r\n" + b"GET /ready HTTP/1.1\r\n")
        assert (await everything(reader)).endswith(b"done")


async def test_a_stream_is_not_cut_while_the_service_is_busy_with_it(start: Started) -> None:
    port = await start(LONG_SECONDS)
    async with connected(port) as (reader, writer):
        writer.write(b"POST /transactions:batch?busy=2.2 HTTP/1.1\r\n" + HOST + b"Content-Length: 2\r\n")
        writer.write(b"Connection: close\r\n\r\na")
        async with asyncio.timeout(BOUND_SECONDS):
            await reader.readuntil(b"go")
        writer.write(b"b")
        assert (await everything(reader)).endswith(b"0\r\n\r\n")


async def test_a_client_that_does_not_read_its_answer_is_cut(start: Started) -> None:
    port = await start(SHORT_SECONDS)
    with socket.socket() as holding_little:  # for as long as its system takes some, it reads
        holding_little.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        holding_little.connect(("127.0.0.1", port))
        reader, writer = await asyncio.open_connection(sock=holding_little)
        writer.write(b"GET /big HTTP/1.1\r\n" + HOST + b"\r\n")
        await asyncio.sleep(SHORT_SECONDS * 6)
        received = await everything(reader)
        writer.transport.abort()
    assert len(received) < BIG_BYTES


async def test_a_client_that_reads_gets_all_of_a_large_answer(start: Started) -> None:
    port = await start(LONG_SECONDS)
    async with connected(port) as (reader, writer):
        writer.write(b"GET /big HTTP/1.1\r\nConnection: close\r\n" + HOST + b"\r\n")
        assert len(await everything(reader)) > BIG_BYTES


async def test_several_requests_on_one_connection(start: Started) -> None:
    port = await start(LONG_SECONDS)
    async with connected(port) as (reader, writer):
        for number in range(3):
            body = f"number {number}".encode()
            writer.write(b"POST /echo HTTP/1.1\r\n" + HOST + b"Content-Length: 8\r\n\r\n" + body)
            async with asyncio.timeout(BOUND_SECONDS):
                await reader.readuntil(body)


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET /ready HTTP/1.1\r\n" + HOST + b"x: " + b"a" * MAX_HEAD_BYTES + b"\r\n\r\n", b" 400 "),
        (b"GET /ready HTTP/1.1\r\n" + HOST + b"x: " + b"a" * MAX_HEAD_BYTES, b" 431 "),
        (b"GET /" + b"a" * (MAX_HEAD_BYTES + 10), b" 431 "),
        (b"GET /ready HTTP/1.1\r\n" + HOST + b"x: " + b"a" * (MAX_HEAD_BYTES - 100) + b"\r\n\r\n", b" 200 "),
    ],
    ids=["whole head", "endless header", "endless address", "just below"],
)
async def test_a_head_has_a_largest_size(start: Started, head: bytes, status: bytes) -> None:
    port = await start(LONG_SECONDS)
    async with connected(port) as (reader, writer):
        writer.write(head)
        assert status in (await everything(reader))[:20]
