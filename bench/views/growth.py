"""What a ranking costs while there are more and more purchases: from the views, and beside it from the purchases."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from statistics import median

from app.domain.purchases import Purchase
from bench.cpu import cpu_between, cpu_seconds
from bench.http_client import Connection, Unexpected
from bench.load import get_request
from bench.pace import Worker, closed_loop
from bench.processes import Service
from bench.views.crowd import Crowd, purchases

CATEGORY = "GROCERY"
CROWD = Crowd(users=2_000, merchants=200, cards=300, categories=(CATEGORY,))
LIMIT = 10
_IN_FLIGHT = 4
_READ_UNITS = re.compile(rb'rcu;desc="([0-9.]+)"')


@dataclass(frozen=True, slots=True)
class Requests:
    """Some requests: how many, the median of their read units, and the server's CPU for each in milliseconds."""

    done: int
    read_units: float
    per_second: float
    cpu_ms: float | None


@dataclass(slots=True)
class Growth:
    """One size. All rounds."""

    purchases: int
    month: str
    views: list[Requests]
    live: list[Requests]


def seeded(sizes: Sequence[int]) -> Iterator[Purchase]:
    """A month of the category for each size."""
    return chain.from_iterable(
        purchases(f"growth{size}", CROWD, month_of(place), size) for place, size in enumerate(sizes)
    )


def month_of(place: int) -> str:
    """The month in which that size lies."""
    return f"2023-{place + 1:02d}"


async def measure_growth(
    service: Service, sizes: Sequence[int], *, seconds: float, rounds: int, say: Callable[[str], None]
) -> list[Growth]:
    """The sizes in turn, again and again: all from the views, then once each live."""
    grown = [Growth(size, month_of(place), [], []) for place, size in enumerate(sizes)]
    for number in range(rounds + 1):
        for one in grown:
            found = await _requests(service, _path(one), seconds if number else seconds / 2, one.purchases)
            if number:  # the first round warms up
                one.views.append(found)
    for one in grown:
        say(f"ranking over {one.purchases:,} purchases, live")
        one.live.append(await _requests(service, f"{_path(one)}&view=live", seconds, one.purchases, in_flight=1))
    return grown


def _path(one: Growth) -> str:
    return f"/categories/{CATEGORY}/rankings?month={one.month}&limit={LIMIT}"


async def _requests(
    service: Service, path: str, seconds: float, expected: int, *, in_flight: int = _IN_FLIGHT
) -> Requests:
    connections = [await Connection.open(service.url) for _ in range(in_flight)]
    units: list[float] = []
    try:
        before = cpu_seconds(service.pid)
        workers = [_worker(connection, get_request(path), expected, units) for connection in connections]
        done, took = await closed_loop(workers, seconds)
        spent = cpu_between(before, cpu_seconds(service.pid))
    finally:
        for connection in connections:
            connection.close()
    return Requests(done, median(units), done / took, None if spent is None else 1000 * spent / done)


def _worker(connection: Connection, request: bytes, expected: int, units: list[float]) -> Worker:
    async def read() -> int:
        answer = await connection.ask(request)
        if answer.count(b'"rank":') != LIMIT or b'"totals":{"count":%d,' % expected not in answer:
            raise Unexpected(f"an answer is not complete: {answer[:300]!r}")
        found = _READ_UNITS.search(connection.server_timing)
        if found is None:
            raise Unexpected(f"an answer does not say what it cost: {connection.server_timing!r}")
        units.append(float(found[1]))
        return 1

    return read
