"""What is in a span, and above all what is not."""

import random
from collections.abc import Mapping
from typing import Any

import pytest
import structlog
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import SpanKind, StatusCode

from app.telemetry import Trace
from app.tracing.keeping import Keeping
from app.tracing.spans import MOST_CALLS, Spans, wire_name

NOW = 1_000_000_000_000
PARENT = b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
UNKEPT_PARENT = PARENT[:-1] + b"0"


class Kept:
    """Spans into memory, of so many traces in a million."""

    def __init__(self, millionths: int = 1_000_000) -> None:
        self._exporter = InMemorySpanExporter()
        provider = TracerProvider(ALWAYS_ON, shutdown_on_exit=False)
        provider.add_span_processor(SimpleSpanProcessor(self._exporter))
        self.spans = Spans(provider.get_tracer("test"), Keeping(millionths, random.Random(7).getrandbits), lambda: NOW)

    def ended(self) -> list[ReadableSpan]:
        return list(self._exporter.get_finished_spans())


def attributes(span: ReadableSpan) -> Mapping[str, Any]:
    assert span.attributes is not None
    return dict(span.attributes)


def called(trace: Trace, outcome: str = "ok") -> None:
    trace.call("facts", "transact_write_items", outcome, seconds=0.25, read_units=0.0, write_units=12.0)


def test_a_request_and_its_calls() -> None:
    kept = Kept()
    trace = kept.spans.request(PARENT, "id-1")
    called(trace)
    trace.end_request("POST", "/transactions", 201)
    call, request = kept.ended()
    assert trace.trace_id == "0af7651916cd43dd8448eb211c80319c"
    assert request.context is not None
    assert call.parent is not None
    assert request.parent is not None
    assert (f"{request.context.trace_id:032x}", request.parent.span_id) == (trace.trace_id, 0xB7AD6B7169203331)
    assert (call.parent.span_id, call.context and call.context.trace_id) == (
        request.context.span_id,
        request.context.trace_id,
    )
    assert (request.name, request.kind) == ("POST /transactions", SpanKind.SERVER)
    assert attributes(request) == {
        "http.request.method": "POST",
        "http.route": "/transactions",
        "http.response.status_code": 201,
        "kickbacks.request_id": "id-1",
        "kickbacks.calls": 1,
    }
    assert (call.name, call.kind) == ("TransactWriteItems facts", SpanKind.CLIENT)
    assert (call.start_time, call.end_time) == (NOW - 250_000_000, NOW)
    assert attributes(call) == {
        "db.system.name": "aws.dynamodb",
        "db.operation.name": "TransactWriteItems",
        "db.collection.name": "facts",
        "kickbacks.outcome": "ok",
        "kickbacks.read_units": 0.0,
        "kickbacks.write_units": 12.0,
    }
    assert StatusCode.ERROR not in (call.status.status_code, request.status.status_code)


@pytest.mark.parametrize(
    ("method", "route", "status", "name", "shown"),
    [
        ("GET", "/users/{id}/kickbacks", 503, "GET /users/{id}/kickbacks", {"error.type": "503"}),
        ("GET", "none", 404, "GET", {}),
        ("ANY", "none", 404, "HTTP", {}),
        ("5105105105105100", "none", 405, "HTTP", {}),
        ("GET", "/users/{id}/kickbacks", 0, "GET /users/{id}/kickbacks", {}),
    ],
)
def test_names_and_failures_of_requests(method: str, route: str, status: int, name: str, shown: dict[str, str]) -> None:
    kept = Kept()
    kept.spans.request(None, "id").end_request(method, route, status)
    (span,) = kept.ended()
    told = attributes(span)
    assert span.name == name
    assert told["http.request.method"] == (method if method == "GET" else "_OTHER")
    assert told.get("http.route", "none") == route
    assert told.get("http.response.status_code", 0) == status
    assert {key: value for key, value in told.items() if key == "error.type"} == shown
    assert (span.status.status_code is StatusCode.ERROR) is bool(shown)
    assert "5105" not in span.to_json()


@pytest.mark.parametrize(
    ("outcome", "wrong"), [("ok", False), ("condition", False), ("conflict", False), ("throttled", True)]
)
def test_a_call_that_failed_is_marked(outcome: str, wrong: bool) -> None:
    kept = Kept()
    called(kept.spans.request(None, "id"), outcome)
    (call,) = kept.ended()
    assert (call.status.status_code is StatusCode.ERROR) is wrong
    assert attributes(call).get("error.type") == (outcome if wrong else None)


def test_a_request_of_thousands_of_calls_has_so_many_spans_and_counts_all() -> None:
    kept = Kept()
    trace = kept.spans.request(None, "id")
    for _ in range(MOST_CALLS + 10):
        called(trace)
    trace.end_request("POST", "/transactions:batch", 200)
    *calls, request = kept.ended()
    assert len(calls) == MOST_CALLS
    assert attributes(request)["kickbacks.calls"] == MOST_CALLS + 10


@pytest.mark.parametrize("failure", [None, "StoreUnavailable"])
def test_a_batch(failure: str | None) -> None:
    kept = Kept()
    trace = kept.spans.batch(17)
    called(trace)
    trace.end_batch(failure)
    _, batch = kept.ended()
    assert (batch.name, batch.parent, batch.kind) == ("projector batch", None, SpanKind.CONSUMER)
    assert attributes(batch)["kickbacks.records"] == 17
    assert attributes(batch).get("error.type") == failure


@pytest.mark.parametrize(
    ("millionths", "parent", "kept"),
    [
        (1_000_000, None, True),
        (0, None, False),
        (1_000_000, PARENT, True),
        (1_000_000, UNKEPT_PARENT, False),
        # A caller cannot make the service keep more than it is told to.
        (0, PARENT, False),
    ],
)
def test_which_traces_are_kept(millionths: int, parent: bytes | None, kept: bool) -> None:
    memory = Kept(millionths)
    trace = memory.spans.request(parent, "id")
    called(trace)
    trace.end_request("GET", "/health/live", 200)
    assert len(memory.ended()) == (2 if kept else 0)
    assert len(trace.trace_id) == 32
    assert int(trace.trace_id, 16) > 0, "it is in the log all the same"


def test_a_share_of_traces() -> None:
    memory = Kept(250_000)
    for _ in range(2000):
        memory.spans.request(None, "id").end_request("GET", "/me", 200)
    assert 400 < len(memory.ended()) < 600


@pytest.mark.parametrize(("number", "kept"), [(0, True), (2**62 - 1, True), (2**62, False), (2**64 - 1, False)])
def test_a_share_is_by_the_low_half_of_the_id(number: int, kept: bool) -> None:
    memory = Kept(250_000)
    trace_id = f"ffffffffffffffff{number:016x}"
    trace = memory.spans.request(f"00-{trace_id}-b7ad6b7169203331-01".encode(), "id")
    trace.end_request("GET", "/me", 200)
    assert (trace.trace_id, len(memory.ended())) == (trace_id, int(kept))


def test_what_is_logged_meanwhile_names_the_trace() -> None:
    spans = Kept().spans
    outer = spans.batch(1)
    inner = spans.request(PARENT, "id")
    assert structlog.contextvars.get_contextvars() == {"trace_id": inner.trace_id}
    inner.end_request("GET", "/me", 200)
    assert structlog.contextvars.get_contextvars() == {"trace_id": outer.trace_id}
    outer.end_batch(None)
    assert structlog.contextvars.get_contextvars() == {}


def test_the_wire_s_names() -> None:
    assert [wire_name(one) for one in ("query", "get_item", "batch_write_item")] == [
        "Query",
        "GetItem",
        "BatchWriteItem",
    ]
