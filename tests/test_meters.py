"""Plain numbers say what a Prometheus client's own counter and histogram would have said."""

from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

from app.meters import BOUNDS, Named, Tallies, Tally

LABELS = ("method", "route", "status")
EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["GET", "POST"]),
        st.sampled_from(["/a", '/b"\n']),
        st.sampled_from([200, 503]),
        st.sampled_from([0.0, *BOUNDS, 0.0031, 11.0, 1e9]),
    )
)


@given(EVENTS)
def test_it_is_what_the_client_library_says(events: list[tuple[str, str, int, float]]) -> None:
    ours, theirs = CollectorRegistry(), CollectorRegistry()
    tallies = Tallies(Named("x", "X.", LABELS), Named("x_seconds", "Time.", LABELS[:2]), Tally)
    ours.register(tallies)
    counter = Counter("x", "X.", LABELS, registry=theirs)
    histogram = Histogram("x_seconds", "Time.", LABELS[:2], buckets=BOUNDS, registry=theirs)
    for method, route, status, seconds in events:
        labels = method, route, status
        (tallies.by_labels.get(labels) or tallies.new(labels)).add(seconds)
        counter.labels(*labels).inc()
        histogram.labels(method, route).observe(seconds)
    assert told(ours) == told(theirs)


def told(registry: CollectorRegistry) -> dict[str, float]:
    """Line by line, without when counting began; sums to a part in a million, as they are added in another order."""
    lines = [line for line in generate_latest(registry).decode().splitlines() if "_created" not in line]
    return {
        line.rpartition(" ")[0]: float(f"{float(line.rpartition(' ')[2]):.6g}")
        for line in lines
        if not line.startswith("#")
    } | {line: 0.0 for line in lines if line.startswith("#")}
