"""One purchase, by its id."""

from collections.abc import Callable
from dataclasses import dataclass

from app.domain.purchases import Purchase
from app.ports.transactions import Earned, Transactions


@dataclass(frozen=True, slots=True)
class Found:
    """The stored purchase and the ledger entry it earned (None when its kickback is 0)."""

    purchase: Purchase
    earned: Earned | None


def anybody(_: str | None) -> None:
    """For whoever may see the purchases of all users."""


async def find_transaction(
    transaction_id: str, *, transactions: Transactions, check_owner: Callable[[str | None], None] = anybody
) -> Found | None:
    """None when there is no such purchase. Raises StoreUnavailable, and what `check_owner` raises, which is told whose
    it is (None: there is none) before more is read."""
    guard = await transactions.guard(transaction_id)
    check_owner(guard.user_id if guard is not None else None)
    if guard is None:
        return None
    purchase = await transactions.purchase(guard)
    return Found(purchase, guard.earned) if purchase is not None else None
