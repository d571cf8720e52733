"""Accounts in memory with lots to expire, on a clock that a test moves."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import count

from app.callers import current_caller
from app.commands.lanes import Lanes
from app.commands.posting import Posting
from app.domain.decisions.earn import Earning, decide_earn
from app.domain.decisions.following import Moment
from app.domain.decisions.use import Use, decide_use
from app.domain.journal import EntryKind
from app.domain.kickbacks import KickbackType
from app.domain.ledger import Account, LedgerEntry
from app.maintenance.expiring import Expired, Expiring, expire
from app.ports.ledger import NewCommand
from app.ports.transactions import Appended
from app.retrying import Backoff
from tests.audit_rows import row
from tests.commands.recorders import Waits
from tests.domain.passbooks import TOKYO, findings
from tests.fakes import FakeFacts, FakeLedger
from tests.fakes.due import FakeDue

POINTS = Account("user123", KickbackType.POINT)
_TOKENS = count()


def at(text: str) -> datetime:
    """Tokyo's clock: '2022-10-09 00:00'."""
    return datetime.fromisoformat(text).replace(tzinfo=TOKYO).astimezone(UTC)


@dataclass
class Accounts:
    """One store, its clock, and any number of jobs on it."""

    facts: FakeFacts = field(default_factory=FakeFacts)
    moment: datetime = field(default_factory=lambda: at("2022-10-01 12:00"))
    attempts: int = 5
    shards: int = 4
    waits: Waits = field(default_factory=Waits)

    def __post_init__(self) -> None:
        self.due = FakeDue(self.facts, shards=self.shards)
        self.ledger = FakeLedger(self.facts)

    def posting(self) -> Posting:
        """As one process has it."""
        return Posting(
            ledger=self.ledger,
            lanes=Lanes(),
            backoff=Backoff(self.attempts, lambda: 0.5, sleep=self.waits),
            now=lambda: self.moment,
            new_token=lambda: f"token-{next(_TOKENS)}",
            caller=current_caller,
            zone=TOKYO,
            on_recorded=lambda: None,
        )

    async def expire(self, *, until: datetime | None = None, since: date | None = None) -> Expired:
        """A job of its own."""
        return await expire(Expiring(self.due, self.posting(), concurrency=3), until=until, since=since)

    async def earn(
        self, amount: int, expires_on: date | None, *, account: Account = POINTS, effective: datetime | None = None
    ) -> None:
        """Recorded now."""
        moment = Moment(effective or self.moment, self.moment, TOKYO)
        await self.append(
            decide_earn(
                await self.ledger.head(account),
                Earning(account, amount, "PURCHASE", f"TRANSACTION#t{next(_TOKENS)}", expires_on, "by hand", moment),
            )
        )

    async def use(self, amount: int, *, account: Account = POINTS) -> bool:
        """Now; False where there is less."""
        moment = Moment(self.moment, self.moment, TOKYO)
        entries = decide_use(await self.ledger.head(account), Use(account, amount, "REDEMPTION#r1", moment))
        if isinstance(entries, list):
            await self.append(entries)
        return isinstance(entries, list)

    async def append(self, entries: Sequence[LedgerEntry]) -> None:
        """Where nobody else writes."""
        assert (
            await self.ledger.append(NewCommand(tuple(entries)), audit=row(), token=f"token-{next(_TOKENS)}")
            == Appended()
        )

    def expiries(self, account: Account = POINTS) -> list[tuple[int, str]]:
        """What expired, and when it stopped counting."""
        book = self.facts.passbook(account)
        assert findings(book) == []
        return [(one.amount, one.effective_at) for one in book if one.kind is EntryKind.EXPIRE]
