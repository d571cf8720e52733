"""The load on the service: closed loops of requests over kept-alive connections, and one streamed import."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice

from bench.http_client import Connection, Unexpected
from bench.pace import GRACE_SECONDS, Worker, closed_loop
from bench.purchases import CATEGORY, READ_MONTH, bodies, user_ids
from bench.recorder import PAGE_LIMIT
from bench.rows import Work

# Lines sent ahead of their results: enough that the service never waits for us, few enough that the end is not long.
_LINES_AHEAD = 768
_LINES_AHEAD_PER_SECOND = 800  # fewer where little time is measured: its end must not outlast it
_LINES_AT_ONCE = 64
_MAX_LINES = 100_000
_CREATED = b'"status":201'


async def closed_work(
    url: str, work: Work, name: str, *, seconds: float, in_flight: int, loaded: int
) -> tuple[int, float]:
    """Requests answered, and in how many seconds. Raises Unexpected at the first answer that is not as it should be."""
    connections = [await Connection.open(url) for _ in range(in_flight)]
    try:
        return await closed_loop(_workers(connections, work, name, loaded), seconds)
    finally:
        for connection in connections:
            connection.close()


def _workers(connections: list[Connection], work: Work, name: str, loaded: int) -> list[Worker]:
    match work:
        case Work.HISTORY:
            paths = [f"/users/{user}/kickbacks?from={READ_MONTH}-01&to={READ_MONTH}-31" for user in user_ids()]
            requests = cycle([get_request(f"{path}&limit={PAGE_LIMIT}") for path in paths])
            return [_reader(one, requests, b'"transactionId"', PAGE_LIMIT) for one in connections]
        case Work.RANKING:
            path = f"/categories/{CATEGORY}/rankings?month={READ_MONTH}&by=card&view=live&limit=50"
            requests = cycle([get_request(path)])
            return [_reader(one, requests, b'"totals":{"count":%d,' % loaded, 1) for one in connections]
        case _:
            posts = (post_request(body) for body in bodies(name))
            return [_poster(one, posts) for one in connections]


def _reader(connection: Connection, requests: Iterator[bytes], mark: bytes, marks: int) -> Worker:
    async def read() -> int:
        answer = await connection.ask(next(requests))
        if answer.count(mark) != marks:
            raise Unexpected(f"an answer is not complete: {answer[:300]!r}")
        return 1

    return read


def _poster(connection: Connection, requests: Iterator[bytes]) -> Worker:
    async def post() -> int:
        await connection.ask(next(requests), status=201)
        return 1

    return post


@dataclass(slots=True)
class Answered:
    """How many lines have been answered so far."""

    lines: int = 0


async def import_lines(
    url: str,
    lines: Iterator[bytes],
    *,
    seconds: float,
    most: int = _MAX_LINES,
    ahead: int = _LINES_AHEAD,
    answered: Answered | None = None,
) -> tuple[int, float]:
    """One streamed POST /transactions:batch, for so long or as many lines as there are, `most` of them, never more than
    `ahead` without a result: purchases recorded, and seconds."""
    connection = await Connection.open(url)
    ahead = max(_LINES_AT_ONCE, min(ahead, int(seconds * _LINES_AHEAD_PER_SECOND)))
    try:
        async with asyncio.timeout(seconds + GRACE_SECONDS):
            return await _Import(connection, ahead, answered or Answered()).run(islice(lines, most), seconds)
    finally:
        connection.close()


class _Import:
    """Sends lines while results come back, never more than `ahead` without a result."""

    def __init__(self, connection: Connection, ahead: int, answered: Answered) -> None:
        self._connection = connection
        self._sent = 0
        self._ahead = ahead
        self._created = 0
        self._answered = answered
        self._moved = asyncio.Event()
        self._tail = b""
        self._first_other = b""

    async def run(self, lines: Iterator[bytes], seconds: float) -> tuple[int, float]:
        started = time.perf_counter()
        end = self._connection.begin(_BATCH_HEAD, on_body=self._on_results)
        while time.perf_counter() < started + seconds and (portion := list(islice(lines, _LINES_AT_ONCE))):
            content = b"".join(line + b"\n" for line in portion)
            self._connection.send(b"%x\r\n%s\r\n" % (len(content), content))
            self._sent += len(portion)
            await self._room(end)
        self._connection.send(b"0\r\n\r\n")
        await end
        if not self._sent == self._answered.lines == self._created:
            counts = f"of {self._sent} lines {self._answered.lines} were answered, {self._created} with 201"
            raise Unexpected(f"{counts}; the first other: {self._first_other[:300]!r}")
        return self._created, time.perf_counter() - started

    async def _room(self, end: asyncio.Future[bytes]) -> None:
        while self._sent - self._answered.lines >= self._ahead and not end.done():
            self._moved.clear()
            await self._moved.wait()
        await asyncio.sleep(0)

    def _on_results(self, piece: bytes) -> None:
        *complete, self._tail = (self._tail + piece).split(b"\n")
        self._answered.lines += len(complete)
        others = [line for line in complete if _CREATED not in line]
        self._created += len(complete) - len(others)
        if others and not self._first_other:
            self._first_other = others[0]
        self._moved.set()


def get_request(path: str) -> bytes:
    """A whole HTTP request."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()


def post_request(body: bytes) -> bytes:
    """POST /transactions."""
    head = (
        "POST /transactions HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


_BATCH_HEAD = (
    b"POST /transactions:batch HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    b"Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n"
)
