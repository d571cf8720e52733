"""Random histories of several accounts, made by the decisions themselves: what is told late, spent, undone, expired."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from app.domain.decisions.claw_back import Clawback, ClawbackPolicy, decide_claw_back
from app.domain.decisions.close import Closing, decide_close
from app.domain.decisions.earn import decide_earn
from app.domain.decisions.expire import decide_expire
from app.domain.decisions.following import Insufficient, Moment
from app.domain.decisions.restore import Restoring, decide_restore
from app.domain.decisions.use import Use, decide_use
from app.domain.journal import EntryKind
from app.domain.kickbacks import KickbackType
from app.domain.ledger import Account, LedgerEntry
from tests.domain.passbooks import TOKYO, earning

BEGIN = datetime(2026, 1, 30, 14, 59, 58, 999_900, tzinfo=UTC)
STEPS = (timedelta(microseconds=50), timedelta(seconds=1), timedelta(minutes=50), timedelta(hours=9), timedelta(days=9))


@dataclass
class History:
    """One account's. `used`: the redemptions, and how much of each has been given back."""

    account: Account
    rng: random.Random
    now: datetime = BEGIN
    entries: list[LedgerEntry] = field(default_factory=list)
    used: list[tuple[str, LedgerEntry]] = field(default_factory=list)
    restored: dict[str, int] = field(default_factory=dict)

    def step(self) -> None:
        self.now += self.rng.choice(STEPS) * self.rng.randint(0, 3)
        kind = self.rng.choice(["earn", "earn", "late", "late", "use", "use", "restore", "clawback", "expire", "close"])
        self.entries += getattr(self, f"_{kind}")(len(self.entries) + 1)

    @property
    def head(self) -> LedgerEntry | None:
        return self.entries[-1] if self.entries else None

    def _moment(self) -> Moment:
        return Moment(self.now, self.now, TOKYO)

    def _earn(self, number: int, at: datetime | None = None) -> list[LedgerEntry]:
        at = at or self.now
        last = self.rng.choice([None, at.date() + timedelta(days=self.rng.randint(0, 40)), date(2026, 3, 31)])
        source = self.rng.choice(["PURCHASE", "CAMPAIGN"])
        made = earning(
            self.rng.randint(1, 50),
            account=self.account,
            source=source,
            cause=f"TRANSACTION#t{number}",
            expires_on=last,
            at=at,
        )
        return decide_earn(self.head, made)

    def _late(self, number: int) -> list[LedgerEntry]:
        return self._earn(number, max(BEGIN, self.now - self.rng.choice(STEPS) * self.rng.randint(1, 4)))

    def _use(self, number: int) -> list[LedgerEntry]:
        use = Use(self.account, self.rng.randint(1, 60), f"REDEMPTION#r{number}", self._moment())
        made = decide_use(self.head, use)
        if isinstance(made, Insufficient):
            return []
        self.used.append((f"r{number}", made[-1]))
        return made

    def _restore(self, number: int) -> list[LedgerEntry]:
        open_ = [(name, entry) for name, entry in self.used if self.restored.get(name, 0) < -entry.amount]
        if not open_:
            return []
        name, entry = self.rng.choice(open_)
        before = self.restored.get(name, 0)
        amount = self.rng.randint(1, -entry.amount - before)
        self.restored[name] = before + amount
        cause = f"CANCELLATION#{name}#c{number}"
        return decide_restore(
            self.head, Restoring(self.account, amount, entry.allocations, before, cause, self._moment())
        )

    def _clawback(self, number: int) -> list[LedgerEntry]:
        earned = [one for one in self.entries if one.kind is EntryKind.EARN]
        if not earned:
            return []
        one = self.rng.choice(earned)
        lot = one.allocations[-1]
        policy = self.rng.choice(list(ClawbackPolicy))
        cause = f"REVERSAL#t{one.version}#v{number}"
        return decide_claw_back(
            self.head,
            Clawback(self.account, one.amount, lot.source, lot.expires_on, cause, policy, self._moment()),
        )

    def _expire(self, _: int) -> list[LedgerEntry]:
        return decide_expire(self.head, self._moment())

    def _close(self, number: int) -> list[LedgerEntry]:
        if self.rng.random() < 0.9:
            return []
        return decide_close(self.head, Closing(f"CLOSURE#{number}", self._moment()))


def histories(seed: int, steps: int = 30, users: Sequence[str] = ("u1", "u2")) -> list[LedgerEntry]:
    """The entries of some accounts, in no particular order."""
    rng = random.Random(seed)
    accounts = [History(Account(user, kind), rng) for user in users for kind in rng.sample(list(KickbackType), 2)]
    for _ in range(steps):
        rng.choice(accounts).step()
    entries = [entry for one in accounts for entry in one.entries]
    rng.shuffle(entries)
    return entries


def instants(entries: Sequence[LedgerEntry], rng: random.Random) -> list[str]:
    """Those at which something happened, some a moment before and after, the edges of spans, and far away."""
    at = {entry.effective_at for entry in entries}
    moved = set()
    for text in rng.sample(sorted(at), min(8, len(at))):
        moment = datetime.fromisoformat(text)
        moved |= {moment + timedelta(microseconds=by) for by in (-1, 1)}
        moved |= {moment.replace(microsecond=0), moment.replace(minute=0, second=0, microsecond=0)}
        moved.add(moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0))
    edges = {f"{one:%Y-%m-%dT%H:%M:%S.%f}Z" for one in moved}
    return sorted(at | edges | {"2020-01-01T00:00:00.000000Z", "2030-01-01T00:00:00.000000Z"})
