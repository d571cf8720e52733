"""Booking what is over in every account that has something due: day by day since the last that was done, every shard of
a month at once. Whatever stops it, running it again goes on; two at once do nothing twice."""

import asyncio
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from app.callers import Caller, called_by
from app.commands.expire_points import expire_points
from app.commands.posting import Posting
from app.domain.kickbacks import KickbackType
from app.domain.ledger import Account, LedgerEntry
from app.domain.periods import EARLIEST, business_date, last_day_of_month
from app.ports.due import Due, DuePart
from app.ports.errors import StoreError

_REMEMBERED_ACCOUNTS = 100_000
_NAME = "job:expire"


@dataclass(frozen=True, slots=True)
class Expiring:
    """`concurrency`: so many parts are read, and accounts worked on, at once."""

    due: Due
    posting: Posting
    concurrency: int


@dataclass(slots=True)
class Expired:
    """What a run did. `amounts`: how much of each type expired. `failed`: accounts that could not be done, for a
    reason like `reason`. `done`: up to this day everything is done, as far as it is noted."""

    first: date
    last: date
    accounts: int = 0
    entries: int = 0
    amounts: dict[KickbackType, int] = field(default_factory=dict)
    failed: int = 0
    reason: str | None = None
    done: date | None = None

    def note(self, entry: LedgerEntry) -> None:
        """It was booked."""
        kind = entry.account.kind
        self.entries += 1
        self.amounts[kind] = self.amounts.get(kind, 0) - entry.amount

    def note_failure(self, error: Exception) -> None:
        """An account could not be done."""
        self.failed += 1
        self.reason = str(error) if isinstance(error, StoreError) else "its newest entry cannot be read"


async def expire(job: Expiring, *, until: datetime | None = None, since: date | None = None) -> Expired:
    """Books what is over at `until` (now, unless said), of what is due from `since` on (the first day that is not done,
    unless said) up to the day of `until`.

    Days are noted as done when no account failed and nothing can be added to them any more: a day's lots were recorded
    before it, so once it is over, even what was under way at midnight, or stamped by a clock that is behind, is there.
    Raises StoreUnavailable when the accounts cannot be found.
    """
    posting = job.posting
    now = posting.now()
    until = until or now
    if until > now:
        raise ValueError("what is not over yet must not go")
    done = await job.due.done_through()
    next_day = done + timedelta(days=1) if done is not None else EARLIEST
    expired = Expired(first=since or next_day, last=business_date(until, posting.zone), done=done)
    with called_by(Caller(_NAME, posting.new_token())):
        await _look_at_all(job, until, expired)
    complete = min(expired.last, business_date(now, posting.zone) - timedelta(days=1))
    if not expired.failed and expired.first <= next_day <= complete:
        await job.due.note_done(complete)
        expired.done = complete
    return expired


async def _look_at_all(job: Expiring, until: datetime, expired: Expired) -> None:
    parts = parts_between(expired.first, expired.last, job.due.shards)
    looked_at: OrderedDict[Account, None] = OrderedDict()

    async def work() -> None:
        for part in parts:  # all workers take from the same
            async for accounts in job.due.accounts(part):
                for account in accounts:
                    if account not in looked_at:
                        _remember(account, looked_at)
                        await _look_at(account, job, until, expired)

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(job.concurrency):
                group.create_task(work())
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from failures


async def _look_at(account: Account, job: Expiring, until: datetime, expired: Expired) -> None:
    """One account's failure does not keep the others from being done."""
    expired.accounts += 1
    try:
        await expire_points(account, until=until, using=job.posting, note=expired.note)
    except (StoreError, ValueError) as error:
        expired.note_failure(error)


def parts_between(first: date, last: date, shards: int) -> Iterator[DuePart]:
    """The days from `first` to `last`, both included, month by month and each month shard by shard."""
    while first <= last:
        end = last_day_of_month(first)
        yield from (DuePart(first, min(end, last), shard) for shard in range(shards))
        first = end + timedelta(days=1)


def _remember(account: Account, looked_at: OrderedDict[Account, None]) -> None:
    """Only a saving: what is done is not done twice, but it would be read again for each of its lots."""
    looked_at[account] = None
    if len(looked_at) > _REMEMBERED_ACCOUNTS:
        looked_at.popitem(last=False)
