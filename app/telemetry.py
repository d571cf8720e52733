"""What the service does, in numbers: for Prometheus, for the request that is charged, and for whoever traces it.

Counted where it happens; calls to DynamoDB are booked by `spend`, requests by `count_request`.
"""

import math
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Protocol

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Metric, disable_created_metrics
from prometheus_client.core import CounterMetricFamily
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from app.meters import BOUNDS, Labels, Named, Tallies, Tally

# When counting began is when the process did, and it would be as many lines again.
disable_created_metrics()  # type: ignore[no-untyped-call]  # no types there
REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)


class _CallTally(Tally):
    """Of calls to DynamoDB, with the capacity they used."""

    __slots__ = ("read_units", "write_units")

    def __init__(self) -> None:
        super().__init__()
        self.read_units = 0.0
        self.write_units = 0.0


class _Capacity(Collector):
    """What the calls used."""

    counter = Named("kickbacks_dynamodb_capacity_units", "Capacity units consumed.", ("table", "kind"))

    def collect(self) -> Iterable[Metric]:
        """Sums by table."""
        units = {(table, kind): 0.0 for table in ("facts", "views") for kind in ("read", "write")}  # from the beginning
        for labels, tally in _calls.by_labels.items():
            for kind, used in (("read", tally.read_units), ("write", tally.write_units)):
                key = str(labels[0]), kind
                units[key] = units.get(key, 0.0) + used
        family = CounterMetricFamily(self.counter.name, self.counter.documentation, labels=self.counter.labels)
        for key, used in units.items():
            family.add_metric(key, used)
        return (family,)


_requests = Tallies(
    Named("kickbacks_requests", "HTTP requests.", ("method", "route", "status")),
    Named("kickbacks_request_seconds", "Time until an answer was sent.", ("method", "route")),
    Tally,
)
_calls = Tallies(
    Named("kickbacks_dynamodb_calls", "DynamoDB calls.", ("table", "operation", "outcome")),
    Named("kickbacks_dynamodb_call_seconds", "Time of a DynamoDB call, all attempts together.", ("table", "operation")),
    _CallTally,
)
for _collector in (_requests, _calls, _Capacity()):
    REGISTRY.register(_collector)

DATABASE_RETRIES = Counter(
    "kickbacks_dynamodb_retries_total",
    "Attempts that DynamoDB calls made again, by what came of the attempt before.",
    ["table", "reason"],
    registry=REGISTRY,
)
DATABASE_CIRCUITS = Gauge(
    "kickbacks_dynamodb_circuit_open",
    "1 while calls to the table fail at once, because of the ones before.",
    ["table", "kind"],
    registry=REGISTRY,
)
DATABASE_HEDGES = Counter(
    "kickbacks_dynamodb_hedges_total",
    "Queries that were late, by what a second one did.",
    ["outcome"],
    registry=REGISTRY,
)
WRITE_RETRIES = Counter(
    "kickbacks_write_retries_total", "Writes decided again because the account had moved.", registry=REGISTRY
)
VIEW_ROW_RETRIES = Counter(
    "kickbacks_view_row_retries_total",
    "View rows that were counted again because they had moved or storage did not answer.",
    registry=REGISTRY,
)
PROJECTED = Counter(
    "kickbacks_projected_records_total", "Stream records, by what became of them.", ["outcome"], registry=REGISTRY
)
PROJECTION_LAG = Gauge(
    "kickbacks_projection_lag_seconds",
    "Age of the oldest moment that some shard has not counted. NaN where no projector runs.",
    registry=REGISTRY,
)
PROJECTION_LAG.set(math.nan)
BATCH_RECORDS = Histogram(
    "kickbacks_projector_batch_records",
    "Stream records that were counted together.",
    buckets=(1, 3, 10, 30, 100, 300, 1000),
    registry=REGISTRY,
)
BATCH_SECONDS = Histogram(
    "kickbacks_projector_batch_seconds", "Time to count a batch.", buckets=BOUNDS, registry=REGISTRY
)
ISSUER_FETCHES = Counter(
    "kickbacks_issuer_fetches_total", "Times the issuer was asked for its keys.", ["outcome"], registry=REGISTRY
)
STREAM_GAPS = Counter(
    "kickbacks_stream_gaps_total", "Stream shards whose records were lost before they were read.", registry=REGISTRY
)

CHANGED_FACTS = Counter(
    "kickbacks_changed_facts_total",
    "Purchases that were changed or removed behind the service's back.",
    registry=REGISTRY,
)
PROJECTOR_FAILURES = Counter(
    "kickbacks_projector_failures_total", "What a projector had to try again.", ["reason"], registry=REGISTRY
)

CONNECTIONS_REFUSED = Counter(
    "kickbacks_connections_refused_total",
    "Connections closed at once, by what has too many: the address or the process.",
    ["too_many"],
    registry=REGISTRY,
)
REQUESTS_MALFORMED = Counter(
    "kickbacks_requests_malformed_total", "Requests that could not be read, answered 400 and closed.", registry=REGISTRY
)
LOG_LINES_LOST = Counter(
    "kickbacks_log_lines_lost_total", "Lines of the log for which there was no room.", registry=REGISTRY
)
TELEMETRY_EXPORTS = Counter(
    "kickbacks_telemetry_exports_total",
    "Times that traces or metrics were sent to a collector.",
    ["signal", "outcome"],
    registry=REGISTRY,
)
# What alarms wait for has to be there before it happens: an increase is seen only from a number that was.
for _outcome in ("counted", "parked"):
    PROJECTED.labels(_outcome)
for _signal in ("traces", "metrics"):
    for _outcome in ("ok", "failed"):
        TELEMETRY_EXPORTS.labels(_signal, _outcome)
for _outcome in ("ok", "failed"):
    ISSUER_FETCHES.labels(_outcome)
PROJECTOR_FAILURES.labels("unexpected")


class Trace(Protocol):
    """What is told of one request, or of one batch of a projector, to whoever traces it."""

    @property
    def trace_id(self) -> str:
        """32 hexadecimal digits."""
        ...

    def call(
        self, table: str, operation: str, outcome: str, *, seconds: float, read_units: float, write_units: float
    ) -> None:
        """A call to DynamoDB that has ended now."""
        ...

    def end_request(self, method: str, route: str, status: int) -> None:
        """The request has been answered."""
        ...

    def end_batch(self, failure: str | None) -> None:
        """The batch has been counted, or not: why."""
        ...


class Tracing(Protocol):
    """Begins traces."""

    def request(self, traceparent: bytes | None, request_id: str) -> Trace:
        """Of a request that has just come."""
        ...

    def batch(self, records: int) -> Trace:
        """Of a batch that is about to be counted."""
        ...


@dataclass(slots=True)
class Cost:
    """Of one request. Calls that run at the same time are added up, so `seconds` can exceed the wall clock."""

    seconds: float = 0.0
    calls: int = 0
    read_units: float = 0.0
    write_units: float = 0.0
    trace: Trace | None = None

    def server_timing(self) -> str:
        """The Server-Timing header: `ddb;dur=3.1, rcu;desc="0.5"`, durations in milliseconds."""
        parts = [f"ddb;dur={self.seconds * 1000:.1f}", f'rcu;desc="{self.read_units:g}"']
        if self.write_units:
            parts.append(f'wcu;desc="{self.write_units:g}"')
        return ", ".join(parts)


_cost: ContextVar[Cost | None] = ContextVar("cost", default=None)


def start_cost() -> Cost:
    """A new account for the request that runs in this context, and in the tasks it starts."""
    cost = Cost()
    _cost.set(cost)
    return cost


def spend(
    operation: str, outcome: str, *, table: str, seconds: float, read_units: float = 0.0, write_units: float = 0.0
) -> None:
    """Books one DynamoDB call on the current request and on the process's metrics. `table` is what the table is for."""
    labels = table, operation, outcome
    tally = _calls.by_labels.get(labels) or _calls.new(labels)
    tally.buckets[bisect_left(BOUNDS, seconds)] += 1
    tally.seconds += seconds
    tally.read_units += read_units
    tally.write_units += write_units
    cost = _cost.get()
    if cost is not None:
        cost.calls += 1
        cost.seconds += seconds
        cost.read_units += read_units
        cost.write_units += write_units
        if cost.trace is not None:
            cost.trace.call(table, operation, outcome, seconds=seconds, read_units=read_units, write_units=write_units)


def count_request(method: str, route: str, status: int, *, seconds: float, cost: Cost) -> None:
    """Books one answered request on the process's metrics, and ends its trace."""
    labels: Labels = method, route, status
    tally = _requests.by_labels.get(labels) or _requests.new(labels)
    tally.buckets[bisect_left(BOUNDS, seconds)] += 1
    tally.seconds += seconds
    if cost.trace is not None:
        cost.trace.end_request(method, route, status)


_tracing: Tracing | None = None


def trace_with(new: Tracing | None) -> None:
    """From now on, for the whole process. None: nothing is traced."""
    global _tracing
    _tracing = new


def trace_request(cost: Cost, headers: Mapping[bytes, bytes], request_id: str) -> None:
    """Begins a request's trace where there is somebody to tell."""
    if _tracing is not None:
        cost.trace = _tracing.request(headers.get(b"traceparent"), request_id)


@contextmanager
def counting_batch(records: int) -> Iterator[None]:
    """Around the counting of so many stream records: their number, the time, and a trace of its own."""
    cost = Cost()
    if _tracing is not None:
        cost.trace = _tracing.batch(records)
    BATCH_RECORDS.observe(records)
    token = _cost.set(cost)
    failure: str | None = None
    try:
        with BATCH_SECONDS.time():
            yield
    except BaseException as error:
        failure = type(error).__name__
        raise
    finally:
        _cost.reset(token)
        if cost.trace is not None:
            cost.trace.end_batch(failure)
