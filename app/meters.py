"""Counters and histograms that are kept as plain numbers until somebody looks at them.

A Prometheus client's own counter takes a lock and several times as long, and what is counted here is counted with every
call and every request. Only for the event loop's thread, on which the metrics are asked for as well.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector

BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Seconds: each bucket holds what took so long or less, the last one, without a bound, the rest."""

Labels = tuple[str | int, ...]


class Tally:
    """What happened to one set of labels: how often, in which buckets of duration, and how long in all."""

    __slots__ = ("buckets", "seconds")

    def __init__(self) -> None:
        self.buckets = [0] * (len(BOUNDS) + 1)
        self.seconds = 0.0

    def add(self, seconds: float) -> None:
        """Once more."""
        self.buckets[bisect_left(BOUNDS, seconds)] += 1
        self.seconds += seconds


T = TypeVar("T", bound=Tally)


@dataclass(frozen=True, slots=True)
class Named:
    """Of a metric: its name without suffix, what it says, its labels."""

    name: str
    documentation: str
    labels: Sequence[str]


class Tallies(Collector, Generic[T]):
    """A counter by all labels, and a histogram of seconds by the first of them, as many as it has."""

    def __init__(self, counter: Named, histogram: Named, make: Callable[[], T]) -> None:
        self.counter = counter
        self.histogram = histogram
        self._make = make
        self.by_labels: dict[Labels, T] = {}

    def new(self, labels: Labels) -> T:
        """The first tally for these labels. (Whoever counts looks in `by_labels` before.)"""
        tally = self.by_labels[labels] = self._make()
        return tally

    def collect(self) -> Iterable[Metric]:
        """As Prometheus wants them: buckets that hold all that is below."""
        counted = CounterMetricFamily(self.counter.name, self.counter.documentation, labels=self.counter.labels)
        timed = HistogramMetricFamily(self.histogram.name, self.histogram.documentation, labels=self.histogram.labels)
        sums: dict[tuple[str, ...], Tally] = defaultdict(Tally)
        for labels, tally in self.by_labels.items():
            texts = tuple(map(str, labels))
            counted.add_metric(texts, sum(tally.buckets))
            into = sums[texts[: len(self.histogram.labels)]]
            into.seconds += tally.seconds
            into.buckets = [ours + more for ours, more in zip(into.buckets, tally.buckets, strict=True)]
        for texts, summed in sums.items():
            timed.add_metric(texts, _cumulative(summed.buckets), summed.seconds)
        return counted, timed


def _cumulative(buckets: Sequence[int]) -> list[tuple[str, float]]:
    below = 0
    told: list[tuple[str, float]] = []
    for bound, count in zip((*map(str, BOUNDS), "+Inf"), buckets, strict=True):
        below += count
        told.append((bound, below))
    return told
