"""A lot is what was earned from one source and expires on one day; redemptions take soonest expiry first."""

from bisect import insort_right
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import NamedTuple

from app.domain.periods import start_of_day, utc_text

DEFICIT = "DEFICIT"


def lot_id(source: str, expires_on: date | None) -> str:
    """'PURCHASE:2023-10-28', 'PURCHASE:NEVER' when it does not expire, 'DEFICIT' for what is owed."""
    if source == DEFICIT:
        return DEFICIT
    return f"{source}:{expires_on.isoformat() if expires_on else 'NEVER'}"


# Named tuples: every entry repeats all lots, and a frozen dataclass takes four times as long to make.


class Lot(NamedTuple):
    """`expires_on` is the last day it counts, None for ever. Lots of one source and day are one lot.

    `earned` is what came into it since it was opened; a lot with nothing left is closed and no longer listed.
    """

    source: str
    expires_on: date | None
    earned: int
    remaining: int

    @property
    def lot_id(self) -> str:
        """'PURCHASE:2023-10-28'"""
        return lot_id(self.source, self.expires_on)


class Allocation(NamedTuple):
    """How much of an entry went into (positive) or came from (negative) a lot; or, with the source DEFICIT, how much
    of what was owed is settled (positive) or how much more is owed (negative)."""

    source: str
    expires_on: date | None
    amount: int

    @property
    def lot_id(self) -> str:
        """The lot's."""
        return lot_id(self.source, self.expires_on)


def add_to_lots(lots: Sequence[Lot], added: Lot) -> tuple[Lot, ...]:
    """The lots with what came in, in the order in which they are used: soonest expiry first, then oldest."""
    result = list(lots)
    for place, lot in enumerate(result):
        if lot.expires_on == added.expires_on and lot.source == added.source:
            result[place] = Lot(lot.source, lot.expires_on, lot.earned + added.earned, lot.remaining + added.remaining)
            return tuple(result)
    insort_right(result, added, key=_use_order)
    return tuple(result)


def give_back(lots: Sequence[Lot], source: str, expires_on: date | None, amount: int) -> tuple[Lot, ...]:
    """The lots with `amount` of what had been taken from one of them in it again, open or closed meanwhile."""
    result = []
    for lot in lots:
        if (lot.source, lot.expires_on) == (source, expires_on):
            remaining = lot.remaining + amount
            result.append(lot._replace(earned=max(lot.earned, remaining), remaining=remaining))
            return (*result, *lots[len(result) :])
        result.append(lot)
    return add_to_lots(lots, Lot(source, expires_on, amount, amount))


def take(lots: Iterable[Lot], amount: int) -> tuple[tuple[Lot, ...], tuple[Allocation, ...]]:
    """The lots without `amount`, taken in their order, and from which. Less where they hold less."""
    left: list[Lot] = []
    taken: list[Allocation] = []
    for lot in lots:
        part = min(lot.remaining, amount)
        amount -= part
        if part:
            taken.append(Allocation(lot.source, lot.expires_on, -part))
        if lot.remaining > part:
            left.append(lot._replace(remaining=lot.remaining - part))
    return tuple(left), tuple(taken)


def total(lots: Iterable[Lot]) -> int:
    """What all of them hold."""
    return sum([lot.remaining for lot in lots])


@lru_cache(maxsize=4096)
def expiry_instant(expires_on: date, zone: tzinfo) -> datetime:
    """The first instant at which a lot does not count any more: 2022-10-08 in Tokyo -> 2022-10-09T00:00+09:00."""
    return start_of_day(expires_on + timedelta(days=1), zone)


@lru_cache(maxsize=4096)
def expiry_text(expires_on: date, zone: tzinfo) -> str:
    """The same as UTC text, which compares like the instant."""
    return utc_text(expiry_instant(expires_on, zone))


def is_alive(expires_on: date | None, at: str, zone: tzinfo) -> bool:
    """Whether a lot with this last day counts at an instant (UTC text)."""
    return expires_on is None or at < expiry_text(expires_on, zone)


def _use_order(lot: Lot) -> date:
    """Sorting is stable: of lots with one last day, the one that was opened first."""
    return lot.expires_on or date.max
