"""Which accounts have something to expire, and up to which day that is done. For maintenance."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from app.domain.ledger import Account


@dataclass(frozen=True, slots=True)
class DuePart:
    """Days of one month, both included, in one shard. Parts can be read at once."""

    first: date
    last: date
    shard: int


class Due(Protocol):
    """Found by the day on which a lot is to be expired, without a look at any other account.

    An entry's day is later than the day on which it was recorded: to a day that is over, nothing is added any more.
    Every method raises StoreUnavailable.
    """

    @property
    def shards(self) -> int:
        """Over how many shards each month is spread, numbered from 0."""
        ...

    def accounts(self, part: DuePart) -> AsyncIterator[Sequence[Account]]:
        """Accounts with a lot that is to be expired on one of the days, in pieces, the earlier days first. An account
        may come more than once. Eventually consistent: what was written in the last seconds may be missing."""
        ...

    async def done_through(self) -> date | None:
        """Up to this day, it included, everything is done. None: nobody knows. Strongly consistent."""
        ...

    async def note_done(self, day: date) -> None:
        """Everything up to this day is done. It may have been noted before."""
        ...
