"""Recording purchases: one atomic write of guard, purchase and ledger entry."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from app.domain.kickbacks import KickbackType
from app.domain.ledger import LedgerEntry
from app.domain.purchases import Purchase
from app.ports.audit import AuditRow


@dataclass(frozen=True, slots=True)
class Earned:
    """The ledger entry a purchase earned, as its answer shows it."""

    kind: KickbackType
    version: int
    balance: int
    expires_on: date | None


@dataclass(frozen=True, slots=True)
class Guard:
    """There is one for each transaction id, for ever: whose it is, under which date, and what it said."""

    transaction_id: str
    user_id: str
    transaction_date: date
    fingerprint: str
    created_at: str
    earned: Earned | None


@dataclass(frozen=True, slots=True)
class NewTransaction:
    """What one purchase writes. `entries` are what its account gets: the earning, and what expired before or with it;
    none when it earned nothing."""

    guard: Guard
    purchase: Purchase
    entries: tuple[LedgerEntry, ...]

    @property
    def entry(self) -> LedgerEntry | None:
        """The newest of its account afterwards."""
        return self.entries[-1] if self.entries else None

    @property
    def actions(self) -> int:
        """Items that it writes."""
        return 2 + len(self.entries)


@dataclass(frozen=True, slots=True)
class Appended:
    """Everything was written."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing was written.

    `guards` holds, by transaction id, what is already there. Without any, `stale` is true: a ledger version was taken,
    or somebody else was writing the same items, so read the head again and decide again.
    """

    guards: Mapping[str, Guard]
    stale: bool


class Transactions(Protocol):
    """The facts about purchases. Insert only."""

    async def append(
        self, transactions: Sequence[NewTransaction], *, audit: AuditRow, token: str
    ) -> Appended | Refused:
        """Writes all of them and the row of the audit trail, or none, once, however often the same call with the same
        token is repeated.

        At most MAX_ACTIONS items in all, no transaction id and no ledger version twice.
        Raises OutcomeUnknown when no answer came, StoreUnavailable when it was certainly not written.
        """
        ...

    async def guard(self, transaction_id: str) -> Guard | None:
        """The guard of an id, strongly consistent. Raises StoreUnavailable."""
        ...

    async def purchase(self, guard: Guard) -> Purchase | None:
        """The purchase a guard stands for, strongly consistent; None only where retention dropped it."""
        ...


MAX_ACTIONS = 99
"""Items that one transaction takes beside its row of the audit trail: DynamoDB takes 100."""
