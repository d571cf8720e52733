"""What an account holds at an instant: what its newest entry up to then says, without the lots that are over."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import tzinfo

from app.domain.decisions.following import deficit_of, lots_of
from app.domain.journal import EntryKind
from app.domain.ledger import LedgerEntry
from app.domain.lots import DEFICIT, Lot, add_to_lots, is_alive, total


@dataclass(frozen=True, slots=True)
class Standing:
    """`balance` is below zero where more was taken back than there was; `available` never is. `lots` are those that
    count at the instant `at` (UTC text), in the order in which they are used."""

    version: int
    balance: int
    lots: tuple[Lot, ...]
    at: str

    @property
    def available(self) -> int:
        """What can be redeemed."""
        return max(self.balance, 0)


def standing_at(entry: LedgerEntry | None, at: str, zone: tzinfo, late: Iterable[LedgerEntry] = ()) -> Standing:
    """`entry` is the newest that was posted by then. `late` are earnings that had happened by then and were posted
    after it: they count, as if they had come in time."""
    lots, deficit = lots_of(entry), deficit_of(entry)
    version = entry.version if entry is not None else 0
    for one in sorted(late, key=lambda entry: entry.version):
        if one.kind is EntryKind.EARN:
            lots, deficit = _with_earning(lots, deficit, one)
            version = max(version, one.version)
    alive = tuple(lot for lot in lots if is_alive(lot.expires_on, at, zone))
    return Standing(version, total(alive) - deficit, alive, at)


def _with_earning(lots: tuple[Lot, ...], deficit: int, entry: LedgerEntry) -> tuple[tuple[Lot, ...], int]:
    settled = min(deficit, entry.amount)
    for one in entry.allocations:
        if one.source != DEFICIT and entry.amount > settled:
            lots = add_to_lots(lots, Lot(one.source, one.expires_on, entry.amount, entry.amount - settled))
    return lots, deficit - settled
