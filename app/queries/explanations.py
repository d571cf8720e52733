"""Why these points: everything about one purchase's kickback, or about one ledger entry, from a few reads."""

from collections.abc import Callable
from dataclasses import dataclass

from app.domain.decisions.expire import CAUSE as EXPIRY_CAUSE
from app.domain.earning import PURCHASE_CAUSE
from app.domain.explanations import Chain, KickbackReason, LotChange, chain_of, kickback_reason, lot_changes
from app.domain.ledger import Account, LedgerEntry
from app.domain.purchases import Purchase
from app.ports.ledger import CommandId, CommandKind, Ledger, Receipt, Tally, TallyId
from app.ports.transactions import Transactions
from app.queries.transactions import Found, anybody, find_transaction


@dataclass(frozen=True, slots=True)
class ExplainedEntry:
    """`before` is the entry before it; None for the first (or where it is missing: then `chain` does not follow)."""

    entry: LedgerEntry
    before: LedgerEntry | None
    changes: list[LotChange]
    chain: Chain


@dataclass(frozen=True, slots=True)
class ExplainedTransaction:
    """`earned` is None when the kickback is 0. `reversed` is None before the first reversal."""

    purchase: Purchase
    reason: KickbackReason
    earned: ExplainedEntry | None
    reversed: Tally | None


@dataclass(frozen=True, slots=True)
class Cause:
    """What an entry's cause stands for: a purchase, a command's receipt, or neither: expiry has no other cause than
    its day, and retention may have dropped a purchase."""

    kind: str
    purchase: Purchase | None = None
    receipt: Receipt | None = None


@dataclass(frozen=True, slots=True)
class Explaining:
    """What is read."""

    transactions: Transactions
    ledger: Ledger

    async def transaction(
        self, transaction_id: str, check_owner: Callable[[str | None], None] = anybody
    ) -> ExplainedTransaction | None:
        """None when there is no such purchase. Raises StoreUnavailable, and what `check_owner` raises, as
        find_transaction does."""
        found = await find_transaction(transaction_id, transactions=self.transactions, check_owner=check_owner)
        if found is None:
            return None
        taken_back = await self.ledger.tally(TallyId(CommandKind.REVERSAL, transaction_id))
        return ExplainedTransaction(
            found.purchase, kickback_reason(found.purchase), await self._earned(found), taken_back
        )

    async def entry(self, account: Account, version: int) -> ExplainedEntry | None:
        """One strongly consistent read of the entry and the one before it. None when there is no such entry."""
        first = max(version - 1, 1)
        read = await self.ledger.oldest_first(account, since=first, limit=version - first + 1)
        by_version = {one.version: one for one in read}
        entry, before = by_version.get(version), by_version.get(version - 1)
        if entry is None:
            return None
        return ExplainedEntry(entry, before, lot_changes(before, entry), chain_of(before, entry))

    async def cause(self, entry: LedgerEntry) -> Cause:
        """What the entry's cause stands for. Raises StoreUnavailable."""
        if entry.cause.startswith(PURCHASE_CAUSE):
            found = await find_transaction(entry.cause.removeprefix(PURCHASE_CAUSE), transactions=self.transactions)
            return Cause("TRANSACTION", purchase=found.purchase if found is not None else None)
        if entry.cause.startswith(EXPIRY_CAUSE):
            return Cause("EXPIRY")
        command = command_of(entry.cause, entry.account.user_id)
        return Cause(command.kind.value, receipt=await self.ledger.receipt(command))

    async def _earned(self, found: Found) -> ExplainedEntry | None:
        if found.earned is None:
            return None
        return await self.entry(Account(found.purchase.user_id, found.earned.kind), found.earned.version)


def command_of(cause: str, user_id: str) -> CommandId:
    """The inverse of CommandId.cause for the user whose entry it is. Raises ValueError."""
    name, *ids = cause.split("#")
    kind = CommandKind(name)
    owner, own = (ids[0], ids[1:]) if kind is CommandKind.REVERSAL else (user_id, ids)
    return CommandId(kind, owner, tuple(own))
