"""The process's Prometheus metrics as OpenTelemetry's exporters want them. Names and labels stay what they are."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import cast

from opentelemetry.sdk.metrics.export import (
    AggregationTemporality,
    Gauge,
    Histogram,
    HistogramDataPoint,
    Metric,
    MetricsData,
    NumberDataPoint,
    ResourceMetrics,
    ScopeMetrics,
    Sum,
)
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from prometheus_client import CollectorRegistry
from prometheus_client import Metric as Family
from prometheus_client.samples import Sample

SCOPE = InstrumentationScope("kickbacks")
_CUMULATIVE = AggregationTemporality.CUMULATIVE
# A histogram's smallest and largest value: may be left out, though the SDK's class does not say so.
_NOT_KNOWN = cast(float, None)


@dataclass(frozen=True, slots=True)
class Bridge:
    """`now_ns` is the time since 1970 in nanoseconds, `since_ns` when counting began."""

    registry: CollectorRegistry
    resource: Resource
    since_ns: int
    now_ns: Callable[[], int]

    def metrics(self) -> MetricsData:
        """All of them, as they are now. Only on the event loop's thread, as every look at the metrics."""
        now = self.now_ns()
        found = [metric for family in self.registry.collect() if (metric := self._metric(family, now)) is not None]
        scope = ScopeMetrics(SCOPE, found, "")
        return MetricsData([ResourceMetrics(self.resource, [scope], "")])

    def _metric(self, family: Family, now: int) -> Metric | None:
        name = family.name
        data: Sum | Gauge | Histogram
        match family.type:
            case "counter":
                name += "_total"
                data = Sum(self._numbers(family, name, now), _CUMULATIVE, is_monotonic=True)
            case "gauge":
                data = Gauge(self._numbers(family, name, now))
            case "histogram":
                data = Histogram(self._histograms(family, now), _CUMULATIVE)
            case other:
                raise TypeError(f"no way to send a {other}")
        return Metric(name, family.documentation, "", data) if data.data_points else None

    def _numbers(self, family: Family, name: str, now: int) -> list[NumberDataPoint]:
        return [
            NumberDataPoint(one.labels, self.since_ns, now, one.value)
            for one in family.samples
            if one.name == name and not math.isnan(one.value)
        ]

    def _histograms(self, family: Family, now: int) -> list[HistogramDataPoint]:
        return [
            HistogramDataPoint(
                attributes=one.labels,
                start_time_unix_nano=self.since_ns,
                time_unix_nano=now,
                count=sum(one.counts),
                sum=one.sum,
                bucket_counts=one.counts,
                explicit_bounds=one.bounds,
                min=_NOT_KNOWN,
                max=_NOT_KNOWN,
            )
            for one in _histograms(family.samples)
        ]


@dataclass(slots=True)
class _OneHistogram:
    """Of one set of labels: `counts` has one more than `bounds`, and each is only its own."""

    labels: Mapping[str, str]
    bounds: list[float] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    sum: float = 0.0


def _histograms(samples: Iterable[Sample]) -> Iterable[_OneHistogram]:
    found: dict[tuple[tuple[str, str], ...], _OneHistogram] = {}
    for one in samples:
        labels = {name: value for name, value in one.labels.items() if name != "le"}
        into = found.setdefault(tuple(labels.items()), _OneHistogram(labels))
        if one.name.endswith("_sum"):
            into.sum = one.value
        elif one.name.endswith("_bucket"):
            into.counts.append(int(one.value) - sum(into.counts))
            if one.labels["le"] != "+Inf":
                into.bounds.append(float(one.labels["le"]))
    return found.values()
