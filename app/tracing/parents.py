"""The trace that a caller's request belongs to, from its `traceparent` (W3C Trace Context)."""

import re

from opentelemetry.context import Context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from app.domain.card_numbers import has_card_number

_PROPAGATOR = TraceContextTextMapPropagator()
_LONGEST = 128
_DIGITS = re.compile(r"[0-9]{13,}")
_CARD_LENGTHS = range(13, 20)


def parent_of(traceparent: bytes | None) -> Context:
    """Empty, so that a new trace begins, where none is given, none that can be read, or one that hides a card number.

    `tracestate` is left out: callers may write there what they like, and it would be sent on.
    """
    if traceparent is None or len(traceparent) > _LONGEST:
        return Context()
    text = traceparent.decode("latin-1")
    if _hides_a_card_number(text):
        return Context()
    return _PROPAGATOR.extract({"traceparent": text}, Context())


def _hides_a_card_number(text: str) -> bool:
    """Also within a longer number, which is no card number anywhere else: ids are padded with zeros."""
    return any(
        has_card_number(run[start : start + length])
        for run in _DIGITS.findall(text)
        for length in _CARD_LENGTHS
        for start in range(len(run) - length + 1)
    )
