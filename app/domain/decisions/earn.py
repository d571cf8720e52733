"""Points come in: what is owed is settled first, the rest opens a lot or joins one."""

from dataclasses import dataclass
from datetime import date, timedelta

from app.domain.decisions.expire import decide_expire
from app.domain.decisions.following import Change, Moment, deficit_of, followed, lots_of
from app.domain.journal import EntryKind
from app.domain.ledger import Account, Before, LedgerEntry
from app.domain.lots import DEFICIT, Allocation, Lot, add_to_lots
from app.domain.periods import business_date


@dataclass(frozen=True, slots=True)
class Earning:
    """The command: `amount` earned by `cause` into a lot of `source`, valid through `expires_on` by `rule`."""

    account: Account
    amount: int
    source: str
    cause: str
    expires_on: date | None
    rule: str
    moment: Moment
    kind: EntryKind = EntryKind.EARN


def decide_earn(head: Before | None, earning: Earning) -> list[LedgerEntry]:
    """The entries that follow `head` (the account's newest, None for a new account): first what has expired before,
    then the earning, then its own expiry if it comes so late that it is over already."""
    if earning.amount <= 0:
        raise ValueError("an earning is more than nothing")
    before = decide_expire(head, earning.moment)
    entry = earned(before[-1] if before else head, earning)
    return [*before, entry, *decide_expire(entry, earning.moment, came_in=entry)]


def earned(head: Before | None, earning: Earning) -> LedgerEntry:
    """The earning's own entry."""
    settled = min(deficit_of(head), earning.amount)
    rest = earning.amount - settled
    lots = lots_of(head)
    allocations: tuple[Allocation, ...] = (Allocation(DEFICIT, None, settled),) if settled else ()
    due_on = None
    # Its lot is named also where nothing is left for it: seen from before the debt, it had it all (standings).
    allocations += (Allocation(earning.source, earning.expires_on, rest),)
    if rest:
        before = len(lots)
        lots = add_to_lots(lots, Lot(earning.source, earning.expires_on, earning.amount, rest))
        due_on = _due_on(earning) if len(lots) > before else None
    change = Change(lots, deficit_of(head) - settled, allocations, earning.rule, due_on)
    return followed(head, earning.account, earning.kind, change, cause=earning.cause, moment=earning.moment)


def _due_on(earning: Earning) -> date | None:
    """Not before the day after it is recorded: the job has been over the earlier days."""
    if earning.expires_on is None:
        return None
    recorded = business_date(earning.moment.recorded_at, earning.moment.zone)
    return max(earning.expires_on, recorded) + timedelta(days=1)


def entry_of_earning(entries: list[LedgerEntry], cause: str) -> LedgerEntry:
    """The earning's own among what decide_earn gave."""
    return next(entry for entry in entries if entry.cause == cause)
