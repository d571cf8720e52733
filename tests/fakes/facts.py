"""What the fakes share: everything that was written, and the faults that are to happen next."""

import asyncio
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, auto

from app.domain.benefits import DefinedBenefit
from app.domain.ledger import Account, LedgerEntry
from app.domain.purchases import Purchase
from app.ports.audit import AuditRow, KeptRow
from app.ports.errors import StoreUnavailable
from app.ports.ledger import CommandId, Receipt, Tally, TallyId
from app.ports.transactions import Guard


class Fault(Enum):
    """What may happen to an append, instead of an ordinary answer."""

    STALE = auto()  # somebody else was writing the same items; nothing written
    UNAVAILABLE = auto()  # refused for load; nothing written
    LOST_REQUEST = auto()  # no answer, because the request never arrived
    LOST_RESPONSE = auto()  # no answer, although it was written


async def yield_once() -> None:
    """Lets the other tasks run, as every call over a network does."""
    await asyncio.sleep(0)


@dataclass(slots=True)
class FakeFacts:
    """One store. `faults` are taken by appends, first in, first out; `down` makes every call fail.

    `pause` is awaited before every call takes effect; `calls` counts them by the port method's name.
    """

    guards: dict[str, Guard] = field(default_factory=dict)
    purchases: dict[tuple[str, date, str], Purchase] = field(default_factory=dict)
    entries: dict[tuple[Account, int], LedgerEntry] = field(default_factory=dict)
    categories: set[tuple[str, str]] = field(default_factory=set)
    receipts: dict[CommandId, Receipt] = field(default_factory=dict)
    tallies: dict[tuple[TallyId, int], Tally] = field(default_factory=dict)
    further: list[object] = field(default_factory=list)
    benefits: dict[tuple[str, int], DefinedBenefit] = field(default_factory=dict)
    audit: list[KeptRow] = field(default_factory=list)
    tokens: dict[str, object] = field(default_factory=dict)
    faults: deque[Fault] = field(default_factory=deque)
    down: bool = False
    pause: Callable[[], Awaitable[None]] = yield_once
    calls: Counter[str] = field(default_factory=Counter)

    async def called(self, operation: str) -> None:
        """Every port method starts here. Raises StoreUnavailable while the store is down."""
        self.calls[operation] += 1
        await self.pause()
        if self.down:
            raise StoreUnavailable("the fake is down")

    def keep(self, row: AuditRow) -> None:
        """A row of the audit trail."""
        self.audit.append(KeptRow(row, row.hash))

    def passbook(self, account: Account) -> list[LedgerEntry]:
        """The account's entries by version."""
        return [entry for _, entry in sorted(self._of(account).items())]

    def _of(self, account: Account) -> dict[int, LedgerEntry]:
        return {version: entry for (owner, version), entry in self.entries.items() if owner == account}
