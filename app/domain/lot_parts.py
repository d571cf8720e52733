"""An account's lots followed from entry to entry, with the month in which each part of them was earned.

Inside a lot, what came in first goes out first; what a cancelled redemption gives back is what that redemption took.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, tzinfo
from typing import NamedTuple

from app.domain.decisions.following import instant_of
from app.domain.journal import EntryKind, Role, account_code
from app.domain.ledger import LedgerEntry
from app.domain.lots import DEFICIT, Allocation
from app.domain.periods import business_date

_REDEMPTION, _CANCELLATION = "REDEMPTION#", "CANCELLATION#"
LotKey = tuple[str, date | None]


class Step(NamedTuple):
    """What following needs of an entry. `booked` is what it adds to the liability account. (A tuple: see Figures.)"""

    version: int
    kind: EntryKind
    effective_at: str
    cause: str
    allocations: tuple[Allocation, ...]
    booked: int


def step_of(entry: LedgerEntry) -> Step:
    """An entry's."""
    liability = account_code(entry.account.kind, Role.LIABILITY)
    booked = sum(one.credit - one.debit for one in entry.postings if one.account == liability)
    return Step(entry.version, entry.kind, entry.effective_at, entry.cause, entry.allocations, booked)


@dataclass(slots=True)
class Part:
    """What is left of what came into a lot in a business month ('2026-10')."""

    lot: LotKey
    month: str
    amount: int


@dataclass(slots=True)
class LotParts:
    """`came_in` is without what was taken back or given back; `expired` is what entries say. `owed` is what was taken
    back after it was spent; it is below zero where earnings had settled what came to be owed only later."""

    zone: tzinfo
    came_in: dict[LotKey, int] = field(default_factory=dict)
    expired: dict[LotKey, int] = field(default_factory=dict)
    owed: int = 0
    _parts: dict[LotKey, list[Part]] = field(default_factory=dict)
    _taken: dict[str, list[Part]] = field(default_factory=dict)

    def follow(self, step: Step) -> None:
        """The next entry of the account."""
        for one in step.allocations:
            if step.kind is EntryKind.RESTORE:
                self._restore(step, one)
            elif one.source == DEFICIT:
                self.owed -= one.amount
            elif one.amount > 0:
                self._put(step, one)
            else:
                self._take(step, one)

    def parts(self) -> Iterator[Part]:
        """What is left."""
        for parts in self._parts.values():
            yield from parts

    def _put(self, step: Step, one: Allocation) -> None:
        lot = (one.source, one.expires_on)
        self.came_in[lot] = self.came_in.get(lot, 0) + one.amount
        self._parts.setdefault(lot, []).append(Part(lot, self._month(step), one.amount))

    def _take(self, step: Step, one: Allocation) -> None:
        lot = (one.source, one.expires_on)
        parts = self._parts.setdefault(lot, [])
        taken = _cut(parts, -one.amount, from_end=False)
        missing = -one.amount - sum(part.amount for part in taken)
        if missing:  # no true ledger: sums stay what the entries say, and `kickbacks verify` says what is wrong
            parts.append(Part(lot, self._month(step), -missing))
        match step.kind:
            case EntryKind.USE:
                self._taken.setdefault(step.cause.removeprefix(_REDEMPTION), []).extend(taken)
            case EntryKind.EXPIRE:
                self.expired[lot] = self.expired.get(lot, 0) - one.amount
            case EntryKind.CLAWBACK:
                self.came_in[lot] = self.came_in.get(lot, 0) + one.amount

    def _restore(self, step: Step, one: Allocation) -> None:
        """What was taken last comes back first, to where it was."""
        redemption = step.cause.removeprefix(_CANCELLATION).partition("#")[0]
        back = _cut(self._taken.get(redemption, []), one.amount, from_end=True)
        if one.source == DEFICIT:
            self.owed -= one.amount
            return
        lot = (one.source, one.expires_on)
        unknown = one.amount - sum(part.amount for part in back)
        if unknown:
            back.append(Part(lot, self._month(step), unknown))
        for part in back:
            self._parts.setdefault(lot, []).insert(0, Part(lot, part.month, part.amount))

    def _month(self, step: Step) -> str:
        return business_date(instant_of(step.effective_at), self.zone).isoformat()[:7]


def _cut(parts: list[Part], amount: int, *, from_end: bool) -> list[Part]:
    """Takes so much out of the list, in the order in which it is taken; less where it holds less."""
    place = -1 if from_end else 0
    cut: list[Part] = []
    while amount and parts:
        part = parts[place]
        some = min(part.amount, amount)
        if some <= 0:
            break
        cut.append(Part(part.lot, part.month, some))
        part.amount -= some
        amount -= some
        if not part.amount:
            parts.pop(place)
    return cut
