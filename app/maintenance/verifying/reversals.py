"""The reversals of one purchase: history items, receipts, sums and clawbacks say the same of each other and of the
purchase, and never take back more than there was."""

from collections import Counter
from collections.abc import Iterator

from app.domain.reversals import item_id, kickback_reversed
from app.maintenance.verifying.differences import Difference, Kind
from app.maintenance.verifying.reversal_traces import ReversalTrace
from app.maintenance.verifying.traces import PurchaseTrace, Trace


def reversal_differences(transaction_id: str, trace: Trace, *, dropped_before: str) -> Iterator[Difference]:
    """`dropped_before` (UTC text): purchases recorded before it may be gone, and the items of their reversals with
    them; receipts, sums and entries never."""
    reversals = trace.reversals
    if reversals is None:
        return
    for reversal_id in reversals.unread:
        yield Difference(Kind.REVERSAL_WRONG, item_id(transaction_id, reversal_id), "an answer", "none, or another's")
    purchase = trace.purchases[0] if trace.purchases else None
    recorded = [one.created_at for one in trace.purchases] + [one.created_at for one in trace.guards]
    kept = any(created_at >= dropped_before for created_at in recorded)
    yield from _items(transaction_id, reversals, purchase, kept=kept)
    yield from _clawbacks(transaction_id, reversals)
    yield from _steps(transaction_id, reversals)
    if purchase is not None:
        yield from _shares(transaction_id, reversals, purchase)


def _items(
    transaction_id: str, reversals: ReversalTrace, purchase: PurchaseTrace | None, *, kept: bool
) -> Iterator[Difference]:
    for one in reversals.lines:
        key = item_id(transaction_id, one.reversal_id)
        receipt = reversals.receipts.get(one.reversal_id)
        if receipt is not None and one.told != receipt.told:
            yield Difference(Kind.REVERSAL_WRONG, key, str(receipt.told), str(one.told))
        if purchase is not None and one.likeness != purchase.likeness:
            yield Difference(Kind.REVERSAL_WRONG, key, "card, merchant and all else of its purchase", "others")
    there = Counter(one.reversal_id for one in reversals.lines)
    for reversal_id, count in sorted(there.items()):
        due = int(reversal_id in reversals.receipts)
        if count > due:
            key = item_id(transaction_id, reversal_id)
            yield Difference(Kind.REVERSAL_SURPLUS, key, f"{due} in the history", str(count))
    for reversal_id in sorted(reversals.receipts.keys() - there.keys()) if kept else ():
        yield Difference(Kind.REVERSAL_MISSING, item_id(transaction_id, reversal_id), "1 in the history", "")


def _clawbacks(transaction_id: str, reversals: ReversalTrace) -> Iterator[Difference]:
    for reversal_id in sorted(reversals.receipts.keys() | reversals.clawbacks.keys()):
        key = item_id(transaction_id, reversal_id)
        receipt = reversals.receipts.get(reversal_id)
        expected = receipt.clawback if receipt is not None else ""
        found = "; ".join(sorted(reversals.clawbacks.get(reversal_id, [])))
        if expected != found:
            yield Difference(Kind.REVERSAL_WRONG, key, expected, found)
        if receipt is not None and not 0 <= receipt.clawed_back <= receipt.told.kickback:
            most = f"at most {receipt.told.kickback} clawed back"
            yield Difference(Kind.REVERSAL_SUM, key, most, str(receipt.clawed_back))


def _steps(transaction_id: str, reversals: ReversalTrace) -> Iterator[Difference]:
    """Each step adds what one receipt says; less is left after each."""
    expected: list[tuple[int, int, int]] = []
    amount = kickback = 0
    for receipt in sorted(reversals.receipts.values(), key=lambda one: -one.left):
        amount, kickback = amount + receipt.told.amount, kickback + receipt.told.kickback
        expected.append((len(expected) + 1, amount, kickback))
    if sorted(reversals.steps) != expected:
        yield Difference(Kind.REVERSAL_SUM, transaction_id, str(expected), str(sorted(reversals.steps)))


def _shares(transaction_id: str, reversals: ReversalTrace, purchase: PurchaseTrace) -> Iterator[Difference]:
    """In proportion to the purchase, and never more than it."""
    for _, amount, kickback in sorted(reversals.steps):
        if not 0 < amount <= purchase.amount:
            yield Difference(Kind.REVERSAL_SUM, transaction_id, f"at most {purchase.amount} yen", f"{amount} yen")
        elif kickback != (share := kickback_reversed(purchase.kickback, purchase.amount, amount)):
            yield Difference(Kind.REVERSAL_SUM, transaction_id, f"{share} for {amount} yen", str(kickback))
    left = sorted(purchase.amount - amount for _, amount, _ in reversals.steps)
    said = sorted(receipt.left for receipt in reversals.receipts.values())
    if left != said:
        yield Difference(Kind.REVERSAL_SUM, transaction_id, f"left {left}", f"left {said}")
