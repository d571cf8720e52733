"""The bare side: a process that sends prepared requests to DynamoDB Local and reads the answers, and does nothing else.

Its client is the leanest there is: requests are encoded beforehand, not signed, and answers are not decoded. A real
client without our service would be slower. It is told what to do by lines of JSON and ends with its standard input.
"""

import asyncio
import sys
import time
from collections.abc import Iterator
from itertools import cycle, islice

import msgspec

from app.commands.record_group import Heads
from app.server import run
from app.settings import Environment, Settings
from bench.http_client import Connection, Unexpected
from bench.pace import Worker, closed_loop
from bench.purchases import bodies, user_ids
from bench.recorder import PAGE_LIMIT, ServiceCalls
from bench.rows import Bare, Sample

# As much as DynamoDB Local writes on a fast laptop; where it writes more, the measurement just ends sooner.
_WRITES_PER_SECOND = 1_000
_CHUNK = 100


class Order(msgspec.Struct, frozen=True):
    """One measurement. `name` makes the ids; `in_flight` requests are under way at any moment.

    `loaded` purchases are there to read.
    """

    url: str
    work: Bare
    name: str
    seconds: float
    in_flight: int
    loaded: int


async def measure(order: Order, settings: Settings) -> Sample:
    """Prepares, connects, and only then starts the clock."""
    calls = ServiceCalls(settings)
    width = len(await calls.ranking()) if order.work is Bare.RANKING else 1
    connections = [await Connection.open(order.url) for _ in range(order.in_flight * width)]
    try:
        workers = await _workers(order, calls, settings, connections)
        before = time.process_time()
        done, seconds = await closed_loop(workers, order.seconds)
        return Sample(done, seconds, time.process_time() - before)
    finally:
        for connection in connections:
            connection.close()


async def _workers(
    order: Order, calls: ServiceCalls, settings: Settings, connections: list[Connection]
) -> list[Worker]:
    match order.work:
        case Bare.HISTORY:
            queries = cycle([await calls.history(user) for user in user_ids()])
            return [_reader(connection, queries) for connection in connections]
        case Bare.RANKING:
            shards = await calls.ranking()
            width = len(shards)
            starts = range(0, len(connections), width)
            return [_fan_out(connections[start : start + width], shards, order.loaded) for start in starts]
        case Bare.POST:
            prepared = await _prepared(order, calls, group=1, heads=True)
        case Bare.SINGLES:
            prepared = await _prepared(order, calls, group=1)
        case Bare.GROUPS:
            prepared = await _prepared(order, calls, group=settings.batch_group)
    left = iter(prepared)
    return [_writer(connection, left) for connection in connections]


async def _prepared(
    order: Order, calls: ServiceCalls, *, group: int, heads: bool = False
) -> list[tuple[int, list[bytes]]]:
    """For each group of purchases how many they are, and the requests that write them, in order."""
    bound = max(_CHUNK, int(order.seconds * _WRITES_PER_SECOND))
    made = (calls.purchase(body) for body in islice(bodies(order.name), bound))
    known: Heads = {}
    prepared = []
    while purchases := list(islice(made, group)):
        reads = [await calls.head(purchase) for purchase in purchases] if heads else []
        prepared.append((len(purchases), [*reads, await calls.write(purchases, known)]))
    return prepared


def _reader(connection: Connection, queries: Iterator[bytes]) -> Worker:
    async def read() -> int:
        answer = await connection.ask(next(queries))
        if _count(answer) != PAGE_LIMIT + 1:
            raise Unexpected("a page is not full")
        return 1

    return read


def _fan_out(connections: list[Connection], shards: list[bytes], loaded: int) -> Worker:
    async def rank() -> int:
        asked = [connection.begin(shard) for connection, shard in zip(connections, shards, strict=True)]
        if sum(map(_count, await asyncio.gather(*asked))) != loaded:
            raise Unexpected("not all purchases were read")
        return 1

    return rank


def _writer(connection: Connection, left: Iterator[tuple[int, list[bytes]]]) -> Worker:
    async def write() -> int:
        amount, requests = next(left, (0, []))
        for request in requests:
            await connection.ask(request)
        return amount

    return write


def _count(answer: bytes) -> int:
    """The number of items, from the few bytes that tell it: the others stay unread."""
    start = answer.index(b'"Count":') + 8
    return int(answer[start : start + 5].split(b",")[0].rstrip(b"}"))


def main() -> None:
    """One line of standard input is one order, and is answered by one line of standard output."""
    settings = Settings(environment=Environment.LOCAL)
    for line in sys.stdin.buffer:
        sample = run(measure(msgspec.json.decode(line, type=Order), settings))
        sys.stdout.buffer.write(msgspec.json.encode(sample) + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
