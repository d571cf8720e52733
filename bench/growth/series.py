"""A series: one kind of request, asked while one thing grows."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from statistics import median

from bench.growth.verdicts import Expected, Verdict, verdict_on
from bench.slices import Side, thirds, together, typical_cpu_ms


@dataclass(frozen=True, slots=True)
class Pace:
    """How long is measured: `rounds` slices of `seconds` for each point, after a third as many to warm up."""

    seconds: float
    rounds: int

    @property
    def warm_up(self) -> int:
        """Rounds that are forgotten."""
        return max(1, self.rounds // 3)


@dataclass(frozen=True, slots=True)
class Point:
    """One size. CPU milliseconds of the service for each request (None where they cannot be read): the median of the
    slices, and the whole of each third of the run; capacity units: medians; how long the half of the requests and all
    but one of a hundred took."""

    n: int
    done: int
    per_second: float
    cpu_ms: float | None
    cpu_ms_of_thirds: Sequence[float | None]
    read_units: float
    written_units: float
    p50_ms: float
    p99_ms: float


@dataclass(frozen=True, slots=True)
class Series:
    """`over` is what grows, `n` of each point how much there is of it."""

    work: str
    over: str
    expected: Expected
    points: Sequence[Point]

    def verdict(self) -> Verdict | None:
        """On the CPU; None where it could not be read."""
        costs = [point.cpu_ms for point in self.points if point.cpu_ms]
        if len(costs) < len(self.points):
            return None
        return verdict_on(self.expected, [point.n for point in self.points], costs)


def point_of(n: int, side: Side) -> Point:
    """What the slices of one side come to."""
    whole, times = together(side.slices), sorted(side.seconds)
    return Point(
        n=n,
        done=whole.done,
        per_second=whole.per_second,
        cpu_ms=typical_cpu_ms(side.slices),
        cpu_ms_of_thirds=[part.cpu_ms for part in thirds(side.slices)],
        read_units=median(one.read for one in side.units),
        written_units=median(one.written for one in side.units),
        p50_ms=1000 * median(times),
        p99_ms=1000 * times[ceil(0.99 * len(times)) - 1],
    )
