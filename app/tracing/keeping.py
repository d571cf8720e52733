"""Which traces are kept. Decided before anything is made of a request, because most are not."""

from collections.abc import Callable
from dataclasses import dataclass

from opentelemetry.trace import SpanContext, format_trace_id

MILLION = 1_000_000
_ID_BITS = 128
# The low half of an id is random also where the high half is a time, as some make them.
_DRAWN_BITS = 64
_DRAWN = (1 << _DRAWN_BITS) - 1


@dataclass(frozen=True, slots=True)
class Keeping:
    """So many of a million, chosen by the trace's id, so that all services that keep as many keep the same. Of those
    that a caller keeps not more; none that it does not keep. `random_bits` gives a number of so many bits."""

    millionths: int
    random_bits: Callable[[int], int]

    def of(self, parent: SpanContext) -> str | None:
        """None: it is kept. Else the id of a trace that is not."""
        if parent.is_valid:
            number, wanted = parent.trace_id, parent.trace_flags.sampled
        else:
            number, wanted = self.random_bits(_ID_BITS), True
        if wanted and (number & _DRAWN) * MILLION < self.millionths << _DRAWN_BITS:
            return None
        return format_trace_id(number)
