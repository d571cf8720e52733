"""Entries to decide on, in few words."""

from collections.abc import Iterable
from datetime import UTC, date, datetime

from app.domain.decisions.earn import decide_earn
from app.domain.decisions.following import Moment
from app.domain.ledger import LedgerEntry
from app.domain.lots import Allocation, Lot
from tests.domain.passbooks import TOKYO, earning

Place = tuple[str, int]


def at(day: int, hour: int = 12, month: int = 5) -> datetime:
    """A moment in 2026."""
    return datetime(2026, month, day, hour, tzinfo=UTC)


def on(day: int, month: int = 5) -> date:
    return date(2026, month, day)


def moment(happened: datetime, told: datetime | None = None) -> Moment:
    return Moment(happened, told or happened, TOKYO)


FIRST = at(1)


def holding(*lots: tuple[str, date | None, int], since: datetime = FIRST) -> LedgerEntry:
    """The newest entry of an account with these lots, earned one after the other."""
    head: LedgerEntry | None = None
    for source, expires_on, amount in lots:
        (head,) = decide_earn(head, earning(amount, source=source, expires_on=expires_on, at=since))
    assert head is not None
    return head


def places(parts: Iterable[Allocation]) -> list[Place]:
    """[('PURCHASE:2026-05-03', -5)]"""
    return [(one.lot_id, one.amount) for one in parts]


def left(lots: Iterable[Lot]) -> list[Place]:
    """[('PURCHASE:2026-05-03', 5)]"""
    return [(one.lot_id, one.remaining) for one in lots]
