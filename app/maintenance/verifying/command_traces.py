"""What is kept of a user's commands until everything has been read: receipts, the entries they caused, sums, exercises.

Reversals are not here: they belong to their purchase.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec

from app.domain.benefits import Exercise
from app.domain.decisions.expire import CAUSE as EXPIRY
from app.domain.journal import EntryKind
from app.domain.kickbacks import KickbackType
from app.domain.ledger import LedgerEntry
from app.maintenance.verifying.reversal_traces import CAUSE as REVERSAL
from app.maintenance.verifying.traces import CAUSE as TRANSACTION
from app.ports.ledger import CommandKind, Receipt, Tally, TallyId


class _Ledger(msgspec.Struct):
    type: str
    version: int
    balance: int


class _Answer(msgspec.Struct, rename="camel"):
    """The part of a receipt's answer that names entries: one, or one for each account that was closed."""

    user_id: str
    created_at: str
    ledger: _Ledger | None = None
    expired: list[_Ledger] | int | None = None

    def told(self) -> list[tuple[str, int, int]]:
        """Type, version and balance of each."""
        closed = self.expired if isinstance(self.expired, list) else []
        named = [self.ledger, *closed] if self.ledger is not None else closed
        return sorted((one.type, one.version, one.balance) for one in named)


_ANSWER = msgspec.json.Decoder(_Answer)


class EntryTrace(NamedTuple):
    """What is kept of an entry."""

    type: KickbackType
    version: int
    kind: EntryKind
    amount: int
    balance: int


class ReceiptTrace(NamedTuple):
    """What is kept of a receipt: the entry that it names itself, and those of its answer (None: it is no answer)."""

    named: tuple[str, int] | None
    told: list[tuple[str, int, int]] | None


@dataclass(slots=True)
class CommandTrace:
    """Of one command."""

    receipt: ReceiptTrace | None = None
    entries: list[EntryTrace] = field(default_factory=list)


@dataclass(slots=True)
class UserTrace:
    """Of one user: commands by their cause, the steps of sums as number and amount, exercises of each benefit as number
    and id, and what has expired by type and lot."""

    commands: defaultdict[str, CommandTrace] = field(default_factory=lambda: defaultdict(CommandTrace))
    steps: defaultdict[TallyId, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    exercises: defaultdict[str, list[tuple[int, str]]] = field(default_factory=lambda: defaultdict(list))
    expired: defaultdict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))


@dataclass(slots=True)
class CommandTraces:
    """Facts in any order."""

    users: defaultdict[str, UserTrace] = field(default_factory=lambda: defaultdict(UserTrace))

    def add_entry(self, one: LedgerEntry) -> None:
        """An entry that a command has caused; those of purchases, their reversals and expiry have their own rules."""
        if one.kind is EntryKind.EXPIRE and one.cause.startswith(EXPIRY):
            for allocation in one.allocations:
                self.users[one.account.user_id].expired[one.account.kind.value, allocation.lot_id] -= allocation.amount
        if _has_rules_of_its_own(one):
            return
        kept = EntryTrace(one.account.kind, one.version, one.kind, one.amount, one.balance)
        self.users[one.account.user_id].commands[one.cause].entries.append(kept)

    def add_receipt(self, one: Receipt) -> None:
        """A receipt."""
        named = (one.account.kind.value, one.version) if one.account is not None and one.version is not None else None
        if one.account is not None and one.account.user_id != one.id.owner:
            named = (f"somebody else's {one.account.kind.value}", one.version or 0)
        try:
            answer = _ANSWER.decode(one.answer)
        except msgspec.MsgspecError:
            told = None
        else:
            is_own = (answer.user_id, answer.created_at) == (one.id.owner, one.created_at)
            told = answer.told() if is_own else None
        self.users[one.id.owner].commands[one.id.cause].receipt = ReceiptTrace(named, told)

    def add_tally(self, one: Tally) -> None:
        """A step of a sum."""
        self.users[one.id.owner].steps[one.id].append((one.number, one.amount))

    def add_exercise(self, one: Exercise) -> None:
        """An exercise of a benefit."""
        self.users[one.user_id].exercises[one.benefit_id].append((one.number, one.exercise_id))


def cause_of(kind: CommandKind, *ids: str) -> str:
    """'CANCELLATION#r1#c1'"""
    return "#".join((kind.value, *ids))


def _has_rules_of_its_own(one: LedgerEntry) -> bool:
    match one.kind:
        case EntryKind.EARN:
            return one.cause.startswith(TRANSACTION)
        case EntryKind.CLAWBACK:
            return one.cause.startswith(REVERSAL) and one.cause.count("#") == 2
        case EntryKind.EXPIRE:
            return one.cause.startswith(EXPIRY)
    return False
