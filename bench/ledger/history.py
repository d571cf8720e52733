"""Passbooks as the decisions make them: many entries behind the same open lots."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from app.domain.decisions.earn import Earning, decide_earn
from app.domain.decisions.following import Insufficient, Moment
from app.domain.decisions.use import Use, decide_use
from app.domain.ledger import Account, LedgerEntry
from bench.http_client import Unexpected

OPEN_LOTS = 40
EACH = 10
_SOURCE = "PURCHASE"
_RULE = "FIXED"
_APART = timedelta(seconds=20)
_FIRST_DAY = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Plan:
    """When the histories end, and where their days begin. Lots expire on one day each, from 30 days after."""

    ends_at: datetime
    zone: tzinfo

    def moment(self, before_end: int) -> Moment:
        """So many entries before the end."""
        at = self.ends_at - before_end * _APART
        return Moment(at, at, self.zone)

    def half_open(self) -> datetime:
        """A past instant, at which half of the lots had been opened."""
        return self.moment(OPEN_LOTS // 2).effective_at - _APART / 2

    def last_day(self, lot: int) -> date:
        """Of that lot."""
        return (self.ends_at + _FIRST_DAY + timedelta(days=lot)).date()


def history(account: Account, plan: Plan, *, entries: int, lots: int = OPEN_LOTS) -> Iterator[LedgerEntry]:
    """So many entries: points come and are used again, and the last `lots` entries open one lot each."""
    head: LedgerEntry | None = None
    for number in range(entries - lots):
        moment = plan.moment(entries - number)
        if (entries - lots - number) % 2:  # a use comes last
            head = _used(head, account, moment)
        else:
            head = _earned(head, account, plan, 0, moment)
        yield head
    yield from opened(head, account, plan, lots=lots)


def opened(
    head: LedgerEntry | None,
    account: Account,
    plan: Plan,
    *,
    lots: int = OPEN_LOTS,
    at: datetime | None = None,
) -> Iterator[LedgerEntry]:
    """One entry for each lot: the last before the end of the plan, or all of them `at` once."""
    for lot in range(lots):
        moment = plan.moment(lots - lot) if at is None else Moment(at, at, plan.zone)
        head = _earned(head, account, plan, lot, moment)
        yield head


def _earned(head: LedgerEntry | None, account: Account, plan: Plan, lot: int, moment: Moment) -> LedgerEntry:
    version = head.version + 1 if head is not None else 1
    cause = f"TRANSACTION#{account.user_id}-{version:07d}"
    (entry,) = decide_earn(head, Earning(account, EACH, _SOURCE, cause, plan.last_day(lot), _RULE, moment))
    return entry


def _used(head: LedgerEntry | None, account: Account, moment: Moment) -> LedgerEntry:
    version = head.version + 1 if head is not None else 1
    decided = decide_use(head, Use(account, EACH, f"REDEMPTION#{account.user_id}-{version:07d}", moment))
    if isinstance(decided, Insufficient):
        raise Unexpected("a passbook has less than was earned")
    (entry,) = decided
    return entry
