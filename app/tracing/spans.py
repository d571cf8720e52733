"""Spans of requests, of a projector's batches, and of the calls to DynamoDB that they make.

While one is open, every line of the log from inside it has its `trace_id`.

No path, query, id of a user, card or purchase, and no text of an exception is in any name or attribute: routes are
templates, tables are named by what they are for.
"""

from collections.abc import Callable, Mapping
from functools import cache

import structlog
from opentelemetry.context import Context
from opentelemetry.trace import (
    Span,
    SpanKind,
    StatusCode,
    Tracer,
    format_trace_id,
    get_current_span,
    set_span_in_context,
)

from app import telemetry
from app.tracing.keeping import Keeping
from app.tracing.parents import parent_of

MOST_CALLS = 128
"""Calls of one request that get a span: a batch of purchases makes thousands. The others are only counted."""
METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})

_NO_PARENT = Context()
# How a call may end without anything being wrong.
_EXPECTED = frozenset({"ok", "condition", "conflict"})


class Spans:
    """Begins traces. `tracer` keeps whatever it is given; `now_ns` is the time since 1970 in nanoseconds. See
    app.telemetry.Tracing."""

    def __init__(self, tracer: Tracer, keeping: Keeping, now_ns: Callable[[], int]) -> None:
        self._tracer = tracer
        self._keeping = keeping
        self._now_ns = now_ns

    def request(self, traceparent: bytes | None, request_id: str) -> telemetry.Trace:
        """Of a request that has just come."""
        attributes = {"kickbacks.request_id": request_id}
        parent = _NO_PARENT if traceparent is None else parent_of(traceparent)
        return self._begin("request", parent, SpanKind.SERVER, attributes)

    def batch(self, records: int) -> telemetry.Trace:
        """Of a batch of stream records that is about to be counted."""
        return self._begin("projector batch", _NO_PARENT, SpanKind.CONSUMER, {"kickbacks.records": records})

    def _begin(
        self, name: str, parent: Context, kind: SpanKind, attributes: Mapping[str, str | int]
    ) -> telemetry.Trace:
        unkept = self._keeping.of(get_current_span(parent).get_span_context())
        if unkept is not None:
            return UnkeptTrace(unkept)
        return KeptTrace(self._tracer, self._tracer.start_span(name, parent, kind, attributes), self._now_ns)


class UnkeptTrace:
    """Only its id is in the log. See app.telemetry.Trace."""

    __slots__ = ("_bound", "trace_id")

    def __init__(self, trace_id: str) -> None:
        self.trace_id = trace_id
        self._bound = structlog.contextvars.bind_contextvars(trace_id=trace_id)

    def call(
        self, _table: str, _operation: str, _outcome: str, *, seconds: float, read_units: float, write_units: float
    ) -> None:
        """Nobody is told."""

    def end_request(self, _method: str, _route: str, _status: int) -> None:
        """Nobody is told."""
        structlog.contextvars.reset_contextvars(**self._bound)

    def end_batch(self, _failure: str | None) -> None:
        """Nobody is told."""
        structlog.contextvars.reset_contextvars(**self._bound)


class KeptTrace:
    """A span that has begun. See app.telemetry.Trace."""

    __slots__ = ("_bound", "_calls", "_inside", "_now_ns", "_span", "_tracer", "trace_id")

    def __init__(self, tracer: Tracer, span: Span, now_ns: Callable[[], int]) -> None:
        self._tracer = tracer
        self._span = span
        self._now_ns = now_ns
        self._inside = set_span_in_context(span, Context())
        self._calls = 0
        self.trace_id = format_trace_id(span.get_span_context().trace_id)
        self._bound = structlog.contextvars.bind_contextvars(trace_id=self.trace_id)

    def call(
        self, table: str, operation: str, outcome: str, *, seconds: float, read_units: float, write_units: float
    ) -> None:
        """A call to DynamoDB that has ended now."""
        self._calls += 1
        if self._calls > MOST_CALLS:
            return
        name = wire_name(operation)
        ended = self._now_ns()
        attributes: dict[str, str | float] = {
            "db.system.name": "aws.dynamodb",
            "db.operation.name": name,
            "db.collection.name": table,
            "kickbacks.outcome": outcome,
            "kickbacks.read_units": read_units,
            "kickbacks.write_units": write_units,
        }
        span = self._tracer.start_span(
            f"{name} {table}", self._inside, SpanKind.CLIENT, attributes, start_time=ended - int(seconds * 1e9)
        )
        if outcome not in _EXPECTED:
            span.set_attribute("error.type", outcome)
            span.set_status(StatusCode.ERROR)
        span.end(ended)

    def end_request(self, method: str, route: str, status: int) -> None:
        """`route` is the template, or "none"; `status` 0 where the client had left before there was one."""
        structlog.contextvars.reset_contextvars(**self._bound)
        known = method if method in METHODS else "_OTHER"
        self._span.set_attribute("http.request.method", known)
        if route != "none":
            self._span.set_attribute("http.route", route)
        if status:
            self._span.set_attribute("http.response.status_code", status)
        self._span.update_name(f"{known} {route}" if route != "none" else "HTTP" if known == "_OTHER" else known)
        self._end(failed=status >= 500, why=str(status))

    def end_batch(self, failure: str | None) -> None:
        """`failure` names what has to be done again, or the class of an error; None when all is done."""
        structlog.contextvars.reset_contextvars(**self._bound)
        self._end(failed=failure is not None, why=failure or "")

    def _end(self, *, failed: bool, why: str) -> None:
        self._span.set_attribute("kickbacks.calls", self._calls)
        if failed:
            self._span.set_attribute("error.type", why)
            self._span.set_status(StatusCode.ERROR)
        self._span.end()


@cache
def wire_name(operation: str) -> str:
    """As DynamoDB calls it: TransactWriteItems for transact_write_items."""
    return "".join(word.capitalize() for word in operation.split("_"))
