"""Recording one purchase, never twice."""

from dataclasses import dataclass, replace

from app.commands.record_group import Conflict, Created, Existing, Recording, record_group
from app.domain.purchases import Purchase
from app.ports.transactions import Earned


@dataclass(frozen=True, slots=True)
class Recorded:
    """The purchase as it is stored. `replayed`: it was there before and nothing was written now."""

    purchase: Purchase
    earned: Earned | None
    replayed: bool


async def record_transaction(purchase: Purchase, *, using: Recording) -> Recorded | Conflict:
    """Writes the purchase, its guard and its ledger entry together, or finds them written before.

    Raises StoreUnavailable; OutcomeUnknown when it may have been written, and repeating the call settles it.
    """
    (outcome,) = await record_group([purchase], {}, using=using)
    match outcome:
        case Created():
            return Recorded(outcome.purchase, outcome.earned, replayed=False)
        case Existing(guard):
            stored = await using.transactions.purchase(guard)
            # Where retention has dropped it, the equal fingerprint says that it was what has just been sent.
            return Recorded(stored or replace(purchase, created_at=guard.created_at), guard.earned, replayed=True)
        case Conflict():
            return outcome
