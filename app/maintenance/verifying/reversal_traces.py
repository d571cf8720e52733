"""What is kept of the reversals of one purchase until everything has been read."""

from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec

from app.domain.ledger import Account, LedgerEntry
from app.domain.reversals import Reversal
from app.maintenance.verifying.likeness import likeness_of
from app.ports.ledger import CommandId, CommandKind, Receipt, Tally, TallyId
from app.ports.scans import Fact, StoredPurchase

CAUSE = f"{CommandKind.REVERSAL.value}#"


class _Taken(msgspec.Struct):
    lot: str
    amount: int


class _Ledger(msgspec.Struct):
    type: str
    version: int
    balance: int
    allocations: list[_Taken]


class _Answer(msgspec.Struct, rename="camel"):
    """A receipt's answer."""

    reversal_id: str
    transaction_id: str
    user_id: str
    kickback_type: str
    amount: int
    kickback_amount: int
    clawed_back: int
    left: int
    created_at: str
    reason: str | None = None
    ledger: _Ledger | None = None


_ANSWER = msgspec.json.Decoder(_Answer)


class Told(NamedTuple):
    """What item and receipt both say."""

    user_id: str
    kind: str
    amount: int
    kickback: int
    count_change: int
    reason: str | None
    created_at: str


class LineTrace(NamedTuple):
    """What is kept of an item of the history; `likeness` is what it shares with its purchase."""

    reversal_id: str
    told: Told
    likeness: bytes


class ReceiptTrace(NamedTuple):
    """What is kept of a receipt. `clawback` describes its entry, empty for none; `clawed_back` is that entry's sum as
    it was answered. `left` of the purchase was left behind it."""

    told: Told
    left: int
    clawed_back: int
    clawback: str


@dataclass(slots=True)
class ReversalTrace:
    """Of one transaction id. `steps` are the tallies' number, amount and kickback; `unread` are receipts whose answer
    cannot be read or is another's."""

    lines: list[LineTrace] = field(default_factory=list)
    receipts: dict[str, ReceiptTrace] = field(default_factory=dict)
    steps: list[tuple[int, int, int]] = field(default_factory=list)
    clawbacks: dict[str, list[str]] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)

    def add(self, fact: Fact) -> None:
        """One for which reversed_id named the purchase."""
        match fact:
            case StoredPurchase(_, _, Reversal() as reversal):
                self._add_line(reversal)
            case Receipt():
                self._add_receipt(fact)
            case Tally(_, number, amount, kickback):
                self.steps.append((number, amount, kickback))
            case LedgerEntry(account):
                reversal_id = fact.cause.removeprefix(CAUSE).partition("#")[2]
                taken = [(one.lot_id, one.amount) for one in fact.allocations]
                described = _described(account, fact.version, fact.amount, fact.balance, taken)
                self.clawbacks.setdefault(reversal_id, []).append(described)

    def _add_line(self, one: Reversal) -> None:
        line = one.line
        told = Told(
            line.user_id,
            line.kickback_type.value,
            -line.transaction_amount,
            -line.kickback_amount,
            one.count_change,
            one.reason,
            line.created_at,
        )
        self.lines.append(LineTrace(one.reversal_id, told, likeness_of(line)))

    def _add_receipt(self, one: Receipt) -> None:
        reversal_id = "#".join(one.id.ids)
        try:
            said = _ANSWER.decode(one.answer)
        except msgspec.MsgspecError:
            self.unread.append(reversal_id)
            return
        if (said.transaction_id, said.reversal_id, said.created_at) != (one.id.owner, reversal_id, one.created_at):
            self.unread.append(reversal_id)
        told = Told(
            said.user_id,
            said.kickback_type,
            said.amount,
            said.kickback_amount,
            -1 if said.left == 0 else 0,
            said.reason,
            one.created_at,
        )
        self.receipts[reversal_id] = ReceiptTrace(told, said.left, said.clawed_back, _clawback(one, said))


def reversed_id(fact: Fact) -> str | None:
    """The purchase whose reversal left this behind; None for what none did."""
    match fact:
        case StoredPurchase(_, _, Reversal(line)):
            return line.transaction_id
        case Receipt(CommandId(CommandKind.REVERSAL, owner)) | Tally(TallyId(CommandKind.REVERSAL, owner)):
            return owner
        case LedgerEntry() if fact.cause.startswith(CAUSE):
            return fact.cause.removeprefix(CAUSE).partition("#")[0]
    return None


def _clawback(receipt: Receipt, said: _Answer) -> str:
    """The entry that a receipt names and its answer shows."""
    if receipt.account is None or said.ledger is None:
        return "" if receipt.account is None and said.ledger is None else "an entry named by one of receipt and answer"
    account = receipt.account
    if (account.kind.value, receipt.version) != (said.ledger.type, said.ledger.version):
        return "another entry in the answer"
    taken = [(one.lot, one.amount) for one in said.ledger.allocations]
    return _described(account, said.ledger.version, -said.clawed_back, said.ledger.balance, taken)


def _described(account: Account, version: int, amount: int, balance: int, taken: list[tuple[str, int]]) -> str:
    lots = ", ".join(f"{part} from {lot}" for lot, part in taken)
    return f"{account.user_id} {account.kind.value} {version} of {amount} with a balance of {balance}: {lots}"
