"""What a caller's `traceparent` may decide, and what it may not bring along."""

import pytest
from opentelemetry.trace import get_current_span

from app.tracing.parents import parent_of

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


@pytest.mark.parametrize(("flags", "sampled"), [("01", True), ("00", False)])
def test_a_caller_s_trace_goes_on(flags: str, sampled: bool) -> None:
    parent = get_current_span(parent_of(f"00-{TRACE}-{SPAN}-{flags}".encode())).get_span_context()
    assert (f"{parent.trace_id:032x}", f"{parent.span_id:016x}") == (TRACE, SPAN)
    assert (parent.is_remote, parent.trace_flags.sampled) == (True, sampled)
    assert len(parent.trace_state) == 0


@pytest.mark.parametrize(
    "given",
    [
        None,
        b"",
        b"\xff\x00",
        f"00-{TRACE}-{SPAN}".encode(),
        f"00-{'0' * 32}-{SPAN}-01".encode(),
        f"00-{TRACE}-{'0' * 16}-01".encode(),
        f"ff-{TRACE}-{SPAN}-01".encode(),
        f"00-{TRACE.upper()}-{SPAN}-01".encode() + b"-" + b"x" * 1000,
        b"00-00000000000000005105105105105100-b7ad6b7169203331-01",
        b"00-abcdef00005105105105105100abcdef-b7ad6b7169203331-01",
        b"00-0af7651916cd43dd8448eb211c80319c-5105105105105100-01",
        b"00-0af7651916cd43dd8448eb211c80319c-0378282246310005-01",
    ],
)
def test_what_cannot_be_used_begins_a_new_trace(given: bytes | None) -> None:
    assert not get_current_span(parent_of(given)).get_span_context().is_valid
