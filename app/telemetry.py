"""What a request cost: time in DynamoDB and capacity consumed, counted where the calls are made."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Metric
from prometheus_client.registry import Collector

REGISTRY = CollectorRegistry()


class _Uncounted(Collector):
    """What every call and every request counts, kept as plain numbers until somebody looks at the metrics: a counter's
    own way takes several times as long. Only for the event loop's thread."""

    def __init__(self) -> None:
        self.calls: defaultdict[tuple[str, str], int] = defaultdict(int)
        self.requests: defaultdict[tuple[str, str, int], int] = defaultdict(int)
        self.units: defaultdict[str, float] = defaultdict(float)

    def collect(self) -> Iterable[Metric]:
        """None of its own: it hands over to the counters that are asked next what they are to say."""
        calls, requests, units = self.calls, self.requests, self.units
        self.calls, self.requests, self.units = defaultdict(int), defaultdict(int), defaultdict(float)
        for called, count in calls.items():
            DATABASE_CALLS.labels(*called).inc(count)
        for (method, route, status), count in requests.items():
            REQUESTS.labels(method, route, str(status)).inc(count)
        for kind, used in units.items():
            DATABASE_CAPACITY.labels(kind).inc(used)
        return ()


# The first one there is, so that it is asked before the counters it hands over to.
_uncounted = _Uncounted()
REGISTRY.register(_uncounted)

REQUESTS = Counter("kickbacks_requests_total", "HTTP requests.", ["method", "route", "status"], registry=REGISTRY)
REQUEST_SECONDS = Histogram(
    "kickbacks_request_seconds", "Time to the first byte of the answer.", ["method", "route"], registry=REGISTRY
)
DATABASE_CALLS = Counter(
    "kickbacks_dynamodb_calls_total", "DynamoDB calls.", ["operation", "outcome"], registry=REGISTRY
)
DATABASE_CAPACITY = Counter(
    "kickbacks_dynamodb_capacity_units_total", "Consumed capacity.", ["kind"], registry=REGISTRY
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
    "kickbacks_projection_lag_seconds", "Age of the oldest moment that some shard has not counted.", registry=REGISTRY
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


@dataclass(slots=True)
class Cost:
    """Of one request. Calls that run at the same time are added up, so `seconds` can exceed the wall clock."""

    seconds: float = 0.0
    calls: int = 0
    read_units: float = 0.0
    write_units: float = 0.0

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


def spend(operation: str, outcome: str, *, seconds: float, read_units: float = 0.0, write_units: float = 0.0) -> None:
    """Books one DynamoDB call on the current request and on the process's metrics."""
    _uncounted.calls[operation, outcome] += 1
    if read_units:
        _uncounted.units["read"] += read_units
    if write_units:
        _uncounted.units["write"] += write_units
    cost = _cost.get()
    if cost is not None:
        cost.calls += 1
        cost.seconds += seconds
        cost.read_units += read_units
        cost.write_units += write_units


def count_request(method: str, route: str, status: int, *, seconds: float) -> None:
    """Books one answered request on the process's metrics."""
    _uncounted.requests[method, route, status] += 1
    _observing(method, route)(seconds)


for _kind in ("read", "write"):
    DATABASE_CAPACITY.labels(_kind)  # is there from the beginning

# Finding the child of a metric by its labels costs more than counting does, and labels come again and again.
_KEPT_CHILDREN = 1024


@lru_cache(_KEPT_CHILDREN)
def _observing(method: str, route: str) -> Callable[[float], None]:
    return REQUEST_SECONDS.labels(method, route).observe
