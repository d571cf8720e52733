"""Requests past the SDK's own `send`, on a server that answers with whatever bytes it is told to."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio
from aiobotocore.awsrequest import AioAWSResponse
from botocore.exceptions import (
    ConnectionClosedError,
    EndpointConnectionError,
    HTTPClientError,
    ReadTimeoutError,
)
from yarl import URL

from app.store.direct import Answer, Request, start_of
from app.store.http_session import HttpSession, response_of

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nx-amz-crc32: 7\r\n\r\nok"
HANG = b""
CUT = b"(the connection breaks)"


@dataclass(slots=True)
class Scripted:
    """Each request takes the next of `answers`, in pieces. What came is in `requests`."""

    url: URL = field(default_factory=URL)
    answers: list[list[bytes]] = field(default_factory=list)
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    hold: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with suppress(asyncio.IncompleteReadError, ConnectionError):  # the client has left
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
                self.requests.append(head + await reader.readexactly(length))
                self.arrived.set()
                for piece in self.answers.pop(0):
                    if piece == HANG:
                        await self.hold.wait()
                    if piece == CUT:
                        writer.close()
                        return
                    writer.write(piece)
                    await writer.drain()
                    await asyncio.sleep(0.001)
        writer.close()


@pytest_asyncio.fixture
async def server() -> AsyncIterator[Scripted]:
    scripted = Scripted()
    listening = await asyncio.start_server(scripted.serve, "127.0.0.1", 0)
    scripted.url = URL(f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/")
    yield scripted
    scripted.hold.set()
    listening.close()


Post = Callable[[bytes], Coroutine[Any, Any, Answer]]


@asynccontextmanager
async def _session(url: URL, connections: int = 10) -> AsyncIterator[Post]:
    async with HttpSession(timeout=(0.5, 0.3), verify=False, max_pool_connections=connections) as session:

        async def post(body: bytes) -> Answer:
            request = Request(url, start_of(url), "x-amz-target: T\r\nauthorization: A\r\n", body)
            async with asyncio.timeout(5):
                answer: Answer = await session.post(request)
            return answer

        yield post


@pytest_asyncio.fixture
async def post(server: Scripted) -> AsyncIterator[Post]:
    async with _session(server.url) as one:
        yield one


@pytest.mark.parametrize(
    "pieces",
    [
        [OK],
        [bytes([one]) for one in OK],
        [b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\no\r\n", b"1\r\nk\r\n0\r\n\r\n"],
    ],
    ids=["whole", "byte by byte", "chunked"],
)
async def test_answers_are_read_to_their_end(server: Scripted, post: Post, pieces: list[bytes]) -> None:
    server.answers = [pieces, [OK]]
    assert [(await post(b"{}")).content for _ in range(2)] == [b"ok", b"ok"]
    assert server.connections == 1  # used again
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert body == b"{}"
    assert head.split(b"\r\n") == [
        b"POST / HTTP/1.1",
        f"host: 127.0.0.1:{server.url.port}".encode(),
        b"user-agent: kickbacks",
        b"accept-encoding: identity",
        b"x-amz-target: T",
        b"authorization: A",
        b"content-length: 2",
    ]


async def test_a_large_answer_and_a_large_request(server: Scripted, post: Post) -> None:
    content = bytes(range(256)) * 8_000
    server.answers = [[b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(content) + content], [OK]]
    assert (await post(content)).content == content
    assert server.requests[0].endswith(content)
    assert (await post(b"")).status == 200


async def test_a_status_is_an_answer_and_becomes_the_sdks_response(server: Scripted, post: Post) -> None:
    server.answers = [[b"HTTP/1.1 400 Bad Request\r\nX-Amzn-RequestId: R\r\ncontent-length: 2\r\n\r\n{}"]]
    answer = await post(b"")
    response: AioAWSResponse = response_of(answer, server.url)
    assert (response.status_code, response.headers["x-amzn-requestid"]) == (400, "R")
    assert await response.content == b"{}" == await response.content
    assert not answer.is_success()


async def test_a_server_that_closes_is_connected_to_again(server: Scripted, post: Post) -> None:
    closing = OK.replace(b"x-amz-crc32: 7", b"connection: close")
    server.answers = [[closing], [OK]]
    assert [(await post(b"")).content for _ in range(2)] == [b"ok", b"ok"]
    assert server.connections == 2


@pytest.mark.parametrize(
    ("pieces", "error"),
    [
        ([HANG], ReadTimeoutError),
        ([OK[:-1], HANG], ReadTimeoutError),
        ([CUT], ConnectionClosedError),
        ([OK[:-1], CUT], ConnectionClosedError),
        ([b"garbage\r\n\r\n"], HTTPClientError),
    ],
    ids=["silence", "half and silence", "cut", "half and cut", "garbage"],
)
async def test_no_answer_is_the_sdks_exception(
    server: Scripted, post: Post, pieces: list[bytes], error: type[Exception]
) -> None:
    server.answers = [pieces, [OK]]
    with pytest.raises(error):
        await post(b"first")
    assert (await post(b"second")).content == b"ok"
    assert server.connections == 2  # what was left unread is never taken for the next answer


async def test_nobody_listens() -> None:
    listening = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    listening.close()
    await listening.wait_closed()
    async with _session(URL(f"http://127.0.0.1:{port}/")) as post:
        with pytest.raises(EndpointConnectionError):
            await post(b"")


async def test_who_gives_up_waiting_leaves_no_answer_to_others(server: Scripted, post: Post) -> None:
    server.answers = [[HANG], [OK]]
    waiting = asyncio.create_task(post(b"first"))
    await server.arrived.wait()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert (await post(b"second")).content == b"ok"
    assert server.connections == 2


async def test_the_pool_bounds_the_connections(server: Scripted) -> None:
    async with AsyncExitStack() as stack:
        post = await stack.enter_async_context(_session(server.url, connections=3))
        server.answers = [[OK] for _ in range(20)]
        answers = await asyncio.gather(*(post(b"x") for _ in range(20)))
    assert [answer.content for answer in answers] == [b"ok"] * 20
    assert server.connections == 3


@pytest.mark.parametrize(("proxies", "reaches"), [({}, True), ({"http": "http://127.0.0.1:9"}, False)])
async def test_behind_a_proxy_the_sdk_sends(proxies: dict[str, str], reaches: bool) -> None:
    async with HttpSession(proxies=proxies) as session:
        assert session.reaches("http://127.0.0.1:8000/") is reaches
