"""Why an entry is as it is: how a kickback came about, what an entry changed, whether the chain of hashes holds."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.domain.decisions.following import deficit_of, lots_of
from app.domain.ledger import GENESIS_HASH, LedgerEntry, entry_hash
from app.domain.lots import DEFICIT, Lot, lot_id
from app.domain.purchases import Purchase
from app.domain.rates import kickback_of, ratio_millionths


class Basis(StrEnum):
    """What the kickback follows from. Where both amount and rate were given, whether they agree is what counts."""

    RATE = "RATE"
    """It is amount times rate, rounded down."""
    AMOUNT = "AMOUNT"
    """It was given; the rate is kickback over amount, to 6 decimals."""
    BOTH = "BOTH"
    """It was given, and so was a rate, which gives another amount."""


@dataclass(frozen=True, slots=True)
class KickbackReason:
    """`product_millionths` is amount times rate, exactly; `by_rate` the same rounded down to whole units."""

    basis: Basis
    product_millionths: int
    by_rate: int

    @property
    def is_exact(self) -> bool:
        """Whether nothing was rounded away."""
        return self.by_rate * 1_000_000 == self.product_millionths


@dataclass(frozen=True, slots=True)
class LotChange:
    """What a lot held before and after an entry; of DEFICIT, what was owed. `change` is what the allocation says."""

    source: str
    expires_on: date | None
    before: int
    after: int
    change: int

    @property
    def lot_id(self) -> str:
        """The lot's."""
        return lot_id(self.source, self.expires_on)

    @property
    def adds_up(self) -> bool:
        """Settling what is owed is a positive allocation, and lowers it."""
        change = -self.change if self.source == DEFICIT else self.change
        return self.before + change == self.after


@dataclass(frozen=True, slots=True)
class Chain:
    """`recomputed` is the hash of what the entry says now. `previous` is that of the entry before as it is stored;
    None where that entry is missing."""

    recomputed: str
    is_intact: bool
    previous: str | None
    follows: bool


def kickback_reason(purchase: Purchase) -> KickbackReason:
    """From what is stored alone."""
    amount, rate = purchase.transaction_amount, purchase.kickback_rate_millionths
    by_rate = kickback_of(amount, rate)
    if by_rate == purchase.kickback_amount:
        basis = Basis.RATE
    elif (ratio_millionths(purchase.kickback_amount, amount) or 0) == rate:
        basis = Basis.AMOUNT
    else:
        basis = Basis.BOTH
    return KickbackReason(basis, amount * rate, by_rate)


def lot_changes(before: LedgerEntry | None, entry: LedgerEntry) -> list[LotChange]:
    """Of each lot that the entry names, in the order of its allocations."""
    changes: dict[tuple[str, date | None], int] = {}
    for one in entry.allocations:
        key = (one.source, one.expires_on)
        changes[key] = changes.get(key, 0) + one.amount
    held, holds = _remaining(lots_of(before)), _remaining(entry.lots)
    held[DEFICIT, None], holds[DEFICIT, None] = deficit_of(before), entry.deficit
    return [
        LotChange(source, expires_on, held.get((source, expires_on), 0), holds.get((source, expires_on), 0), change)
        for (source, expires_on), change in changes.items()
    ]


def chain_of(before: LedgerEntry | None, entry: LedgerEntry) -> Chain:
    """`before` is the entry with the version before, None where there is none."""
    recomputed = entry_hash(entry)
    previous = before.hash if before is not None else GENESIS_HASH if entry.version == 1 else None
    return Chain(recomputed, recomputed == entry.hash, previous, entry.previous_hash == previous)


def _remaining(lots: Iterable[Lot]) -> dict[tuple[str, date | None], int]:
    return {(lot.source, lot.expires_on): lot.remaining for lot in lots}
