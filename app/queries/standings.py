"""What an account holds now or held at any past instant: one read now, a few for the past, however long its history.

Entries are posted in the order of their versions, and an earning that came late (a purchase that is told days after it
was made) is posted after what happened meanwhile. So the standing at an instant is the newest entry that was posted
by then, and the late earnings behind it that had happened by then. Entries say how late any of their account was, which
bounds where to look.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from app.domain.decisions.following import instant_of
from app.domain.ledger import Account, LedgerEntry
from app.domain.periods import utc_text
from app.domain.standings import Standing, standing_at
from app.ports.entries_by_time import all_happened, just_recorded
from app.ports.ledger import Happened, Ledger


@dataclass(frozen=True, slots=True)
class Standings:
    """What the question is asked with."""

    ledger: Ledger
    now: Callable[[], datetime]
    zone: tzinfo

    async def of(self, account: Account, at: datetime | None = None) -> Standing | None:
        """None for an account without entries. Raises StoreUnavailable."""
        head = await self.ledger.head(account)
        return await self.behind(head, at) if head is not None else None

    async def behind(self, head: LedgerEntry, at: datetime | None = None) -> Standing:
        """The same from the newest entry."""
        now = utc_text(self.now())
        moment = utc_text(at) if at is not None else max(now, head.posted_at)
        if moment >= head.posted_at:
            return standing_at(head, moment, self.zone)
        found = await self._happened(head, moment)
        entry = await self._posted_by(head, moment, found)
        late = [one for one in await self._late(head, moment, found) if entry is None or one.version > entry.version]
        return standing_at(entry, moment, self.zone, late)

    async def _happened(self, head: LedgerEntry, moment: str) -> Sequence[Happened]:
        """What had happened by the moment and may have been posted after it, and at least one that was posted by it."""
        if not head.lateness:
            return await self.ledger.happened(head.account, until=moment, limit=1)
        since = utc_text(instant_of(moment) - timedelta(seconds=head.lateness))
        found = await all_happened(self.ledger, head, until=moment, since=since)
        if any(one.posted_at <= moment for one in found):
            return found
        # Nothing is later than `lateness`, so what happened before has been posted.
        return [*found, *await self.ledger.happened(head.account, until=since, limit=1)]

    async def _posted_by(self, head: LedgerEntry, moment: str, found: Sequence[Happened]) -> LedgerEntry | None:
        """The newest entry posted by the moment. The index tells where to begin; what is read says where it is."""
        low = max((one.version for one in found if one.posted_at <= moment), default=1)
        step = 1
        while True:
            entry, *after = await self.ledger.oldest_first(head.account, since=low, limit=2)
            if entry.posted_at > moment:
                return None  # the very first
            if not after or after[0].posted_at > moment:
                return entry
            low, step = await self._leap(head, after[0].version, moment, step)

    async def _leap(self, head: LedgerEntry, low: int, moment: str, step: int) -> tuple[int, int]:
        """A later version that was posted by the moment too, in steps that grow while they hit and then halve."""
        while low + step < head.version:
            there = await self.ledger.entry(head.account, low + step)
            if there is None or there.posted_at > moment:
                break
            low, step = low + step, step * 2
        return low, max(step // 2, 1)

    async def _late(self, head: LedgerEntry, moment: str, found: Sequence[Happened]) -> list[LedgerEntry]:
        versions = {one.version for one in found if one.posted_at > moment}
        newest = await just_recorded(self.ledger, head, self.now()) if head.lateness else []
        late = {one.version: one for one in newest if one.effective_at <= moment < one.posted_at}
        for version in versions - late.keys():
            entry = await self.ledger.entry(head.account, version)
            if entry is not None:
                late[version] = entry
        return list(late.values())
