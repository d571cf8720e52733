"""One purchase, by its id."""

from dataclasses import dataclass

from app.domain.purchases import Purchase
from app.ports.transactions import Earned, Transactions


@dataclass(frozen=True, slots=True)
class Found:
    """The stored purchase and the ledger entry it earned (None when its kickback is 0)."""

    purchase: Purchase
    earned: Earned | None


async def find_transaction(transaction_id: str, *, transactions: Transactions) -> Found | None:
    """None when there is no such purchase. Raises StoreUnavailable."""
    guard = await transactions.guard(transaction_id)
    if guard is None:
        return None
    purchase = await transactions.purchase(guard)
    return Found(purchase, guard.earned) if purchase is not None else None
