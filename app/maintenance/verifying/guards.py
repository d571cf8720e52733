"""Every purchase has its guard and every guard its purchase, and they say the same of each other and of the entry."""

from collections.abc import Iterator

from app.maintenance.verifying.differences import Difference, Kind
from app.maintenance.verifying.traces import GuardTrace, Trace


def guard_differences(transaction_id: str, trace: Trace, *, dropped_before: str) -> Iterator[Difference]:
    """`dropped_before` (UTC text): purchases recorded before it may be gone, guards never."""
    if len(trace.purchases) > 1:
        where = "; ".join(sorted(f"{one.user_id} {one.day}" for one in trace.purchases))
        yield Difference(Kind.PURCHASE_TWICE, transaction_id, "one purchase", where)
    if not trace.guards:
        yield Difference(Kind.GUARD_MISSING, transaction_id, "a guard", "")
        return
    (guard,) = trace.guards
    if trace.purchases:
        (purchase, *_) = trace.purchases
        expected = (purchase.user_id, purchase.day, purchase.created_at, purchase.fingerprint.decode())
        found = (guard.user_id, guard.day, guard.created_at, guard.fingerprint.decode())
        if expected != found:
            yield Difference(Kind.GUARD_WRONG, transaction_id, " ".join(expected), " ".join(found))
    elif guard.created_at >= dropped_before:
        yield Difference(Kind.PURCHASE_MISSING, transaction_id, f"a purchase of {guard.user_id} on {guard.day}", "")
    earned = {_text((one.kind, one.version, one.balance)) for one in trace.entries}
    if _said(guard) != earned and len(trace.entries) <= 1:
        yield Difference(
            Kind.GUARD_WRONG, transaction_id, "".join(earned) or "no entry", "".join(_said(guard)) or "no entry"
        )


def _said(guard: GuardTrace) -> set[str]:
    return {_text(guard.earned)} if guard.earned else set()


def _text(earned: tuple[object, int, int]) -> str:
    kind, version, balance = earned
    return f"{kind} {version} with a balance of {balance}"
