"""A slice counts what it measured, and is worth nothing when not everything came from memory. On real sockets: the
canned database is here the server too."""

import asyncio
import os
from collections.abc import AsyncIterator
from itertools import count, repeat

import pytest
import pytest_asyncio

from bench.canned.answers import Answers, Received
from bench.canned.protocol import CannedProtocol
from bench.canned.requests import Request
from bench.compare.slices import Database, Slice, measure, once_each
from bench.http_client import Connection, Unexpected
from bench.processes import Service
from bench.recorder import wire
from bench.slices import Asked

TIMING = b'ddb;dur=1.0, rcu;desc="4.5", wcu;desc="9"'


class Echo:
    """Answers with what it was asked, and says what it cost."""

    async def ask(self, request: Request) -> Received:
        return Received(200, ((b"Server-Timing", TIMING),), request.body)


@pytest_asyncio.fixture
async def connections() -> AsyncIterator[list[Connection]]:
    """To one canned database: some to ask, and the last one to count."""
    answers, loop = Answers(), asyncio.get_running_loop()
    server = await loop.create_server(lambda: CannedProtocol(answers, Echo()), "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    opened = [await Connection.open(url) for _ in range(3)]
    yield opened
    for one in opened:
        one.close()
    server.close()
    await server.wait_closed()


async def measured(connections: list[Connection], asked: Asked, *, counting: bool = True) -> Slice:
    *asking, last = connections
    here = os.getpid()
    return await measure(Service("", here), Database(here, last if counting else None), asking, asked, 0.05)


def query(number: int = 0) -> bytes:
    return wire("Query", {"number": number})


async def test_a_slice_has_every_figure(connections: list[Connection]) -> None:
    await once_each(connections[0], Asked(repeat(query()), bool), 1)

    one = await measured(connections, Asked(repeat(query()), bool))

    assert one.done > 0
    assert one.calls == {"Query": one.done}
    assert one.body_bytes == len(b'{"number":0}')
    assert one.units is not None
    assert (one.units.read, one.units.written) == (4.5, 9.0)
    assert 0 < one.p50 <= one.p99 <= one.seconds
    assert one.cpu_seconds is None or one.cpu_seconds > 0


async def test_a_call_that_was_not_answered_from_memory_spoils_the_slice(connections: list[Connection]) -> None:
    with pytest.raises(Unexpected, match="not answered from memory"):
        await measured(connections, Asked(map(query, count(1)), bool))


async def test_a_database_that_does_not_count_tells_no_calls(connections: list[Connection]) -> None:
    one = await measured(connections, Asked(map(query, count(1)), bool), counting=False)
    assert one.calls is None


async def test_an_incomplete_answer_is_an_error(connections: list[Connection]) -> None:
    with pytest.raises(Unexpected, match="not complete"):
        await measured(connections, Asked(repeat(query()), lambda answer: False))


async def test_the_answers_of_once_each_are_in_order(connections: list[Connection]) -> None:
    answers = await once_each(connections[0], Asked(map(query, count(7)), bool), 3)
    assert answers == [b'{"number":%d}' % number for number in (7, 8, 9)]
