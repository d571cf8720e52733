"""All rules about the facts, over one portion of them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import tzinfo
from zlib import crc32

from app.domain.benefits import Exercise
from app.domain.ledger import LedgerEntry
from app.maintenance.verifying.chains import Chains
from app.maintenance.verifying.command_traces import CommandTraces
from app.maintenance.verifying.commands import command_differences
from app.maintenance.verifying.differences import Difference, Kind
from app.maintenance.verifying.earnings import earning_differences
from app.maintenance.verifying.entries import entry_differences
from app.maintenance.verifying.guards import guard_differences
from app.maintenance.verifying.reversal_traces import reversed_id
from app.maintenance.verifying.reversals import reversal_differences
from app.maintenance.verifying.traces import CAUSE, Traces
from app.maintenance.verifying.trail import row_differences
from app.ports.audit import KeptRow
from app.ports.ledger import CommandId, CommandKind, Receipt, Tally, TallyId
from app.ports.scans import Fact, StoredPurchase, Unreadable
from app.ports.transactions import Guard


@dataclass(frozen=True, slots=True)
class Portion:
    """One of `of` about equal portions of all keys: what is in memory at once."""

    number: int = 0
    of: int = 1

    def __contains__(self, key: str) -> bool:
        return self.of == 1 or crc32(key.encode()) % self.of == self.number


@dataclass(slots=True)
class FactChecks:
    """Facts in any order, those of the portion. `zone` is where business days begin."""

    portion: Portion
    zone: tzinfo
    chains: Chains = field(init=False)
    commands: CommandTraces = field(default_factory=CommandTraces)
    traces: Traces = field(default_factory=Traces)
    found: list[Difference] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chains = Chains(self.zone)

    def add(self, fact: Fact) -> None:
        """One more."""
        reversed_transaction = reversed_id(fact)
        if reversed_transaction is not None and reversed_transaction in self.portion:
            self.traces.reversals_of(reversed_transaction).add(fact)
        match fact:
            case StoredPurchase(_, purchase, _):
                if purchase is not None and purchase.transaction_id in self.portion:
                    self.traces.add_purchase(purchase)
            case Guard(transaction_id):
                if transaction_id in self.portion:
                    self.traces.add_guard(fact)
            case LedgerEntry():
                self._add_entry(fact)
            case Receipt() | Tally() | Exercise():
                self._add_of_command(fact)
            case KeptRow() | Unreadable():
                self._add_by_itself(fact)

    def differences(self, *, dropped_before: str) -> Iterator[Difference]:
        """When everything was added. `dropped_before` (UTC text): purchases recorded before it may be gone."""
        yield from self.found
        yield from self.chains.differences()
        for user_id, commands in self.commands.users.items():
            yield from command_differences(user_id, commands)
        for transaction_id, trace in self.traces.by_id.items():
            yield from earning_differences(transaction_id, trace, dropped_before=dropped_before)
            yield from guard_differences(transaction_id, trace, dropped_before=dropped_before)
            yield from reversal_differences(transaction_id, trace, dropped_before=dropped_before)

    def _add_by_itself(self, fact: KeptRow | Unreadable) -> None:
        """What is to be compared with nothing else here."""
        match fact:
            case KeptRow():
                if fact.hash in self.portion:
                    self.found.extend(row_differences(fact))
            case Unreadable(key, reason):
                if key in self.portion:
                    self.found.append(Difference(Kind.UNREADABLE, key, "an item that can be read", reason))

    def _add_entry(self, entry: LedgerEntry) -> None:
        if entry.account.user_id in self.portion:
            self.found.extend(entry_differences(entry))
            self.chains.add(entry)
            self.commands.add_entry(entry)
        if entry.cause.removeprefix(CAUSE) in self.portion:
            self.traces.add_entry(entry)

    def _add_of_command(self, fact: Receipt | Tally | Exercise) -> None:
        """Reversals belong to their purchase, all else to its user."""
        match fact:
            case Exercise(user_id):
                if user_id in self.portion:
                    self.commands.add_exercise(fact)
            case Receipt(CommandId(CommandKind.REVERSAL)) | Tally(TallyId(CommandKind.REVERSAL)):
                pass
            case Receipt(CommandId(_, owner)):
                if owner in self.portion:
                    self.commands.add_receipt(fact)
            case Tally(TallyId(_, owner)):
                if owner in self.portion:
                    self.commands.add_tally(fact)
