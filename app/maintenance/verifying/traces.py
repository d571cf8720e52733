"""What one recorded purchase leaves behind: the purchase, its guard, the entry it earned and its reversals, brought
together by id."""

from dataclasses import dataclass, field
from typing import NamedTuple

from app.domain.journal import EntryKind
from app.domain.kickbacks import KickbackType
from app.domain.ledger import LedgerEntry
from app.domain.purchases import Purchase, fingerprint
from app.maintenance.verifying.likeness import likeness_of
from app.maintenance.verifying.reversal_traces import ReversalTrace
from app.ports.transactions import Guard

CAUSE = "TRANSACTION#"


class PurchaseTrace(NamedTuple):
    """What is kept of a purchase. `likeness` is what it shares with its reversals."""

    user_id: str
    day: str
    kind: KickbackType
    amount: int
    kickback: int
    created_at: str
    fingerprint: bytes
    likeness: bytes


class GuardTrace(NamedTuple):
    """What is kept of a guard. `earned` is the entry's type, version and balance."""

    user_id: str
    day: str
    created_at: str
    fingerprint: bytes
    earned: tuple[KickbackType, int, int] | None


class EntryTrace(NamedTuple):
    """What is kept of an entry."""

    user_id: str
    kind: KickbackType
    version: int
    amount: int
    balance: int
    recorded_at: str


@dataclass(slots=True)
class Trace:
    """Of one transaction id; one of each is right."""

    purchases: list[PurchaseTrace] = field(default_factory=list)
    guards: list[GuardTrace] = field(default_factory=list)
    entries: list[EntryTrace] = field(default_factory=list)
    reversals: ReversalTrace | None = None


@dataclass(slots=True)
class Traces:
    """Facts in any order."""

    by_id: dict[str, Trace] = field(default_factory=dict)

    def add_purchase(self, one: Purchase) -> None:
        """A purchase; its fingerprint is made here from what is stored."""
        self._of(one.transaction_id).purchases.append(
            PurchaseTrace(
                one.user_id,
                one.transaction_date.isoformat(),
                one.kickback_type,
                one.transaction_amount,
                one.kickback_amount,
                one.created_at,
                fingerprint(one).encode(),
                likeness_of(one),
            )
        )

    def add_guard(self, one: Guard) -> None:
        """A guard."""
        earned = (one.earned.kind, one.earned.version, one.earned.balance) if one.earned else None
        self._of(one.transaction_id).guards.append(
            GuardTrace(one.user_id, one.transaction_date.isoformat(), one.created_at, one.fingerprint.encode(), earned)
        )

    def add_entry(self, one: LedgerEntry) -> None:
        """An entry that a purchase has earned; others say nothing here."""
        if one.kind is EntryKind.EARN and one.cause.startswith(CAUSE):
            account = one.account
            self._of(one.cause.removeprefix(CAUSE)).entries.append(
                EntryTrace(account.user_id, account.kind, one.version, one.amount, one.balance, one.recorded_at)
            )

    def reversals_of(self, transaction_id: str) -> ReversalTrace:
        """Where to add what the purchase's reversals left behind."""
        trace = self._of(transaction_id)
        if trace.reversals is None:
            trace.reversals = ReversalTrace()
        return trace.reversals

    def _of(self, transaction_id: str) -> Trace:
        return self.by_id.setdefault(transaction_id, Trace())
