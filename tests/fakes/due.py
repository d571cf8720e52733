"""The Due port in memory."""

from collections.abc import AsyncIterator, Sequence
from datetime import date

from app.domain.kickbacks import KickbackType
from app.domain.ledger import Account
from app.ports.due import DuePart
from app.store.sharding import shard_of
from tests.fakes.facts import FakeFacts

PAGE = 3


class FakeDue:
    """See the port. A page is read when it is asked for, behind the last key of the one before."""

    def __init__(self, facts: FakeFacts, *, shards: int = 4) -> None:
        self._facts = facts
        self.shards = shards
        self.done: set[date] = set()

    async def accounts(self, part: DuePart) -> AsyncIterator[Sequence[Account]]:
        after: tuple[date, str, str, int] | None = None
        while True:
            await self._facts.called("due")
            page = [key for key in self._keys(part) if after is None or key > after][:PAGE]
            if not page:
                return
            yield list(dict.fromkeys(Account(user_id, KickbackType(kind)) for _, user_id, kind, _ in page))
            after = page[-1]

    async def done_through(self) -> date | None:
        await self._facts.called("done_through")
        return max(self.done, default=None)

    async def note_done(self, day: date) -> None:
        await self._facts.called("note_done")
        self.done.add(day)

    def _keys(self, part: DuePart) -> list[tuple[date, str, str, int]]:
        return sorted(
            (one.due_on, one.account.user_id, one.account.kind.value, one.version)
            for one in self._facts.entries.values()
            if one.due_on is not None
            and part.first <= one.due_on <= part.last
            and shard_of(one.account.user_id, self.shards) == part.shard
        )
