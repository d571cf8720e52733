"""Over OTLP a metric says what it says to Prometheus."""

import math
from typing import Any

import pytest
from opentelemetry.exporter.otlp.proto.common.metrics_encoder import encode_metrics
from opentelemetry.sdk.resources import Resource
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info

from app.tracing.bridge import Bridge


def sent(registry: CollectorRegistry) -> dict[str, Any]:
    """By name, decoded from what goes over the wire."""
    bridge = Bridge(registry, Resource({"service.name": "test"}), since_ns=1, now_ns=lambda: 2)
    request = encode_metrics(bridge.metrics())
    (resource,) = request.resource_metrics
    (scope,) = resource.scope_metrics
    return {metric.name: metric for metric in scope.metrics}


def labels_of(point: Any) -> dict[str, str]:
    return {one.key: one.value.string_value for one in point.attributes}


def test_a_counter() -> None:
    registry = CollectorRegistry()
    counter = Counter("calls", "Calls made.", ["table"], registry=registry)
    counter.labels("facts").inc(3)
    counter.labels("views").inc(0.5)
    metric = sent(registry)["calls_total"]
    assert metric.description == "Calls made."
    assert (metric.sum.is_monotonic, metric.sum.aggregation_temporality) == (True, 2)
    assert [(labels_of(one), one.as_double) for one in metric.sum.data_points] == [
        ({"table": "facts"}, 3.0),
        ({"table": "views"}, 0.5),
    ]
    assert {(one.start_time_unix_nano, one.time_unix_nano) for one in metric.sum.data_points} == {(1, 2)}


def test_a_gauge_and_one_that_nobody_has_set() -> None:
    registry = CollectorRegistry()
    Gauge("lag", "Behind.", registry=registry).set(7)
    Gauge("unset", "Not known.", registry=registry).set(math.nan)
    metrics = sent(registry)
    assert list(metrics) == ["lag"]
    assert [one.as_double for one in metrics["lag"].gauge.data_points] == [7]


def test_a_histogram_s_buckets_are_each_only_their_own() -> None:
    registry = CollectorRegistry()
    histogram = Histogram("took", "Seconds.", ["route"], buckets=(0.1, 1.0), registry=registry)
    for seconds in (0.05, 0.1, 0.5, 3.0, 4.0):
        histogram.labels("/a").observe(seconds)
    histogram.labels("/b").observe(0.5)
    metric = sent(registry)["took"]
    assert metric.histogram.aggregation_temporality == 2
    first, second = metric.histogram.data_points
    assert (labels_of(first), list(first.bucket_counts), list(first.explicit_bounds)) == (
        {"route": "/a"},
        [2, 1, 2],
        [0.1, 1.0],
    )
    assert (first.count, first.sum) == (5, 7.65)
    assert (first.HasField("min"), first.HasField("max")) == (False, False)
    assert (labels_of(second), list(second.bucket_counts)) == ({"route": "/b"}, [0, 1, 0])


def test_what_nobody_has_counted_yet_is_left_out() -> None:
    registry = CollectorRegistry()
    Counter("calls", "Calls made.", ["table"], registry=registry)
    assert sent(registry) == {}


def test_another_kind_is_told_of() -> None:
    registry = CollectorRegistry()
    Info("build", "Which one.", registry=registry).info({"version": "1"})
    with pytest.raises(TypeError, match="info"):
        sent(registry)
