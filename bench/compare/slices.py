"""One side doing one kind of work for a moment, and what that took."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from statistics import median

from bench.compare.counting import Counts, counts_of
from bench.cpu import cpu_between, cpu_seconds
from bench.http_client import Connection, Unexpected
from bench.pace import Worker, closed_loop
from bench.processes import Service
from bench.server_timing import Units, units_of
from bench.slices import Asked


@dataclass(frozen=True, slots=True)
class Database:
    """What answers the servers. `counting` is a connection to one that counts."""

    pid: int
    counting: Connection | None = None


@dataclass(frozen=True, slots=True)
class Slice:
    """Latencies in seconds, CPU seconds in all; `units` of one request and `calls` by operation where they are told."""

    done: int
    seconds: float
    cpu_seconds: float | None
    database_cpu_seconds: float | None
    p50: float
    p99: float
    body_bytes: float
    units: Units | None
    calls: Mapping[str, int] | None


@dataclass(slots=True)
class _Seen:
    seconds: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    timings: list[bytes] = field(default_factory=list)


async def measure(
    server: Service, database: Database, connections: Sequence[Connection], asked: Asked, seconds: float
) -> Slice:
    """All connections ask at once, each again when it is answered. Raises Unexpected, TimeoutError."""
    seen = _Seen()
    counted = await _counts(database)
    before, database_before = cpu_seconds(server.pid), cpu_seconds(database.pid)
    done, took = await closed_loop([_worker(one, asked, seen) for one in connections], seconds)
    spent = cpu_between(before, cpu_seconds(server.pid))
    database_spent = cpu_between(database_before, cpu_seconds(database.pid))
    return Slice(
        done=done,
        seconds=took,
        cpu_seconds=spent,
        database_cpu_seconds=database_spent,
        p50=median(seen.seconds),
        p99=sorted(seen.seconds)[ceil(0.99 * done) - 1],
        body_bytes=median(seen.sizes),
        units=_units(seen.timings),
        calls=await _calls(database, counted),
    )


async def once_each(connection: Connection, asked: Asked, count: int) -> list[bytes]:
    """The answers to so many requests, one after the other."""
    answers: list[bytes] = []
    worker = _worker(connection, asked, _Seen(), answers)
    for _ in range(count):
        await worker()
    return answers


def _worker(connection: Connection, asked: Asked, seen: _Seen, answers: list[bytes] | None = None) -> Worker:
    async def ask() -> int:
        request = next(asked.requests)
        started = time.perf_counter()
        answer = await connection.ask(request, status=asked.status)
        seen.seconds.append(time.perf_counter() - started)
        if not asked.is_complete(answer):
            raise Unexpected(f"an answer is not complete: {answer[:300]!r}")
        seen.sizes.append(len(answer))
        seen.timings.append(connection.server_timing)
        if answers is not None:
            answers.append(answer)
        return 1

    return ask


def _units(timings: Sequence[bytes]) -> Units | None:
    """The medians; None of a side that does not say what it costs."""
    if not all(timings):
        return None
    units = [units_of(one) for one in timings]
    return Units(median(one.read for one in units), median(one.written for one in units))


async def _counts(database: Database) -> Counts | None:
    return None if database.counting is None else await counts_of(database.counting)


async def _calls(database: Database, before: Counts | None) -> Mapping[str, int] | None:
    """Raises Unexpected when something was not answered from memory: that was then measured too."""
    after = await _counts(database)
    if before is None or after is None:
        return None
    counted = after.since(before)
    if counted.misses:
        raise Unexpected(f"{counted.misses} calls were not answered from memory: {counted.calls}")
    return counted.calls
