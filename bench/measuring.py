"""The rounds: each row's work on the service, then the bare calls it is compared with, again and again in turn."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice

from bench.bare import Order
from bench.cpu import cpu_between, cpu_seconds
from bench.load import closed_work, import_lines
from bench.processes import BareSide, Service
from bench.purchases import READ_NAME, bodies
from bench.rows import ROWS, Bare, Sample, Work

IN_FLIGHT = 16
RANKINGS_IN_FLIGHT = 4  # each is 16 Queries
_LOAD_SECONDS = 60.0
# Java compiles what it runs often: the first requests are many times slower than those that follow.
_WARM_UP_SECONDS = 1.0


@dataclass(slots=True)
class Results:
    """All samples, in the order of the rounds."""

    ours: dict[Work, list[Sample]] = field(default_factory=lambda: defaultdict(list))
    bare: dict[Bare, list[Sample]] = field(default_factory=lambda: defaultdict(list))


@dataclass(frozen=True, slots=True)
class Bench:
    """What is measured, and how many seconds each time.

    `loaded` purchases are there to read; `batch_in_flight` is the service's own concurrency.
    """

    service: Service
    bare: BareSide
    database_url: str
    batch_in_flight: int
    seconds: float
    loaded: int

    async def run(self, rounds: int, say: Callable[[str], None]) -> Results:
        """Loads what is read, warms everything up, and measures."""
        say("loading")
        await import_lines(self.service.url, islice(bodies(READ_NAME), self.loaded), seconds=_LOAD_SECONDS)
        say("warming up")
        await self._round(Results(), "warm", min(self.seconds, _WARM_UP_SECONDS))
        results = Results()
        for number in range(1, rounds + 1):
            say(f"round {number} of {rounds}")
            await self._round(results, f"round{number}", self.seconds)
        return results

    async def _round(self, results: Results, name: str, seconds: float) -> None:
        for row in ROWS:
            if len(results.ours[row.work]) <= len(results.bare[row.bare]):
                results.ours[row.work].append(await self._ours(row.work, f"{name}-{row.work.name}-o", seconds))
            in_flight = self.batch_in_flight if row.bare is Bare.GROUPS else _in_flight(row.work)
            order = Order(self.database_url, row.bare, f"{name}-{row.bare.name}-b", seconds, in_flight, self.loaded)
            results.bare[row.bare].append(await self.bare.measure(order))

    async def _ours(self, work: Work, name: str, seconds: float) -> Sample:
        before = cpu_seconds(self.service.pid)
        if work is Work.BATCH:
            done, took = await import_lines(self.service.url, bodies(name), seconds=seconds)
        else:
            done, took = await closed_work(
                self.service.url, work, name, seconds=seconds, in_flight=_in_flight(work), loaded=self.loaded
            )
        return Sample(done, took, cpu_between(before, cpu_seconds(self.service.pid)))


def _in_flight(work: Work) -> int:
    return RANKINGS_IN_FLIGHT if work is Work.RANKING else IN_FLIGHT
