"""A purchase with a kickback has earned exactly one entry, of its amount, in its account; no other has."""

from collections.abc import Iterator

from app.maintenance.verifying.differences import Difference, Kind
from app.maintenance.verifying.traces import Trace


def earning_differences(transaction_id: str, trace: Trace, *, dropped_before: str) -> Iterator[Difference]:
    """`dropped_before` (UTC text): purchases recorded before it may be gone, entries never."""
    if len(trace.entries) > 1:
        yield Difference(Kind.EARNING_TWICE, transaction_id, "one entry", f"{len(trace.entries)} entries")
    earned = [f"{one.user_id} {one.kind.value} {one.amount}" for one in trace.entries]
    due = [f"{one.user_id} {one.kind.value} {one.kickback}" for one in trace.purchases if one.kickback > 0]
    if trace.purchases and len(trace.entries) <= 1 and due[:1] != earned:
        kind = Kind.EARNING_WRONG if earned else Kind.EARNING_MISSING
        yield Difference(kind, transaction_id, "".join(due[:1]), "".join(earned))
    if trace.entries and not trace.purchases and trace.entries[0].recorded_at >= dropped_before:
        yield Difference(Kind.PURCHASE_MISSING, transaction_id, f"a purchase that earned {earned[0]}", "")
