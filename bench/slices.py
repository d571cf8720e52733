"""Comparing requests of several kinds in short slices, again and again in turn.

What else the machine does, and how warm it is, falls on all of them alike.
"""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, repeat
from statistics import median

from bench.connections import connections
from bench.cpu import cpu_between, cpu_seconds
from bench.http_client import Connection, Unexpected
from bench.pace import Worker, closed_loop
from bench.processes import Service
from bench.rows import Sample
from bench.server_timing import Units, units_of

_LIVE = b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Asked:
    """Requests of one kind, the status they are answered with, and whether a body is what was asked for."""

    requests: Iterator[bytes]
    is_complete: Callable[[bytes], bool]
    status: int = 200

    @classmethod
    def again(cls, request: bytes, is_complete: Callable[[bytes], bool]) -> "Asked":
        """The same request every time."""
        return cls(repeat(request), is_complete)


@dataclass(slots=True)
class Side:
    """One of those that are compared: what is asked of a service, so many requests at once, and every slice; of each
    request how many seconds it took, and the units it cost."""

    service: Service
    in_flight: int
    asked: Asked
    slices: list[Sample] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    units: list[Units] = field(default_factory=list)

    def forget(self) -> None:
        """What was measured so far was warming up."""
        for measured in (self.slices, self.seconds, self.units):
            measured.clear()

    async def measure(self, seconds: float) -> None:
        """One more slice, on connections of its own: a service does not keep idle ones for long."""
        async with connections(self.service.url, self.in_flight) as opened:
            await asyncio.gather(*(connection.ask(_LIVE) for connection in opened))  # accepting them is not measured
            before = cpu_seconds(self.service.pid)
            done, took = await closed_loop([self._worker(connection) for connection in opened], seconds)
            self.slices.append(Sample(done, took, cpu_between(before, cpu_seconds(self.service.pid))))

    def _worker(self, connection: Connection) -> Worker:
        async def ask() -> int:
            started = time.perf_counter()
            answer = await connection.ask(next(self.asked.requests), status=self.asked.status)
            self.seconds.append(time.perf_counter() - started)
            if not self.asked.is_complete(answer):
                raise Unexpected(f"an answer is not complete: {answer[:300]!r}")
            self.units.append(units_of(connection.server_timing))
            return 1

        return ask


async def alternate(sides: Sequence[Side], *, seconds: float, rounds: int) -> None:
    """So many rounds, in each a slice of every side, another one first each time."""
    for number in range(rounds):
        for place in range(len(sides)):
            await sides[(place + number) % len(sides)].measure(seconds)


async def measure(sides: Sequence[Side], *, seconds: float, rounds: int, warm_up: int) -> None:
    """The same after rounds that warm up and are forgotten."""
    await alternate(sides, seconds=seconds, rounds=warm_up)
    for side in sides:
        side.forget()
    await alternate(sides, seconds=seconds, rounds=rounds)


def together(slices: Sequence[Sample]) -> Sample:
    """All of them as one."""
    spent = [one.cpu_seconds for one in slices if one.cpu_seconds is not None]
    cpu = sum(spent) if len(spent) == len(slices) else None
    return Sample(sum(one.done for one in slices), sum(one.seconds for one in slices), cpu)


def typical_cpu_ms(slices: Sequence[Sample]) -> float | None:
    """The median of the slices: one in which something else came between does not count."""
    spent = [one.cpu_ms for one in slices if one.cpu_ms is not None]
    return median(spent) if len(spent) == len(slices) else None


def thirds(slices: Sequence[Sample]) -> list[Sample]:
    """Of a run: whether it says the same at its beginning and at its end. Fewer where there are fewer slices."""
    parts = min(3, len(slices))
    bounds = [len(slices) * part // parts for part in range(parts + 1)]
    return [together(slices[first:last]) for first, last in pairwise(bounds)]
