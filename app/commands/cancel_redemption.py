"""A redemption is cancelled, in whole or in part: points go back to the lots they came from, with their expiry."""

from dataclasses import dataclass

from app.commands.asked import Asked, entry_document, own_entry, receipt_of
from app.commands.posting import Command, Outcome, Posting, Refusal, TooMuch, Unknown, carry_out
from app.domain.decisions.restore import Restoring, decide_restore
from app.domain.ledger import LedgerEntry
from app.domain.periods import utc_text
from app.ports.ledger import CommandId, CommandKind, NewCommand, Tally, TallyId


async def cancel_redemption(asked: Asked, amount: int | None, *, using: Posting) -> Outcome:
    """Gives `amount` back, None for all that is left of the redemption. Unknown where there is no such redemption,
    TooMuch where less is left of it. Raises StoreUnavailable, OutcomeUnknown."""
    used = await _use_of(asked, using)
    if used is None:
        return Unknown()
    cancelling = _Cancelling(asked, used, amount, using)
    command = Command(asked.id, asked.fingerprint, (used.account,), cancelling.decide, asked.expected)
    return await carry_out(command, using=using)


async def _use_of(asked: Asked, using: Posting) -> LedgerEntry | None:
    """The redemption's own entry. Neither it nor its receipt ever changes, so they may be read ahead."""
    redemption_id, _ = asked.id.ids
    receipt = await using.ledger.receipt(CommandId(CommandKind.REDEMPTION, asked.id.owner, (redemption_id,)))
    if receipt is None or receipt.account is None or receipt.version is None:
        return None
    return await using.ledger.entry(receipt.account, receipt.version)


@dataclass(frozen=True, slots=True)
class _Cancelling:
    asked: Asked
    used: LedgerEntry
    amount: int | None
    using: Posting

    async def decide(self, heads: tuple[LedgerEntry | None, ...]) -> NewCommand | Refusal:
        """Reads how much has gone back after the newest entry, whose version another cancellation moves."""
        (head,) = heads
        before = await self.using.ledger.tally(self._tally_id)
        restored = before.amount if before is not None else 0
        left = -self.used.amount - restored
        amount = self.amount if self.amount is not None else left
        if not 0 < amount <= left:
            return TooMuch(left)
        step = Tally(self._tally_id, before.number + 1 if before is not None else 1, restored + amount)
        return self._restored(head, amount, restored, step)

    def _restored(self, head: LedgerEntry | None, amount: int, restored: int, step: Tally) -> NewCommand:
        moment = self.using.moment()
        cause = self.asked.id.cause
        restoring = Restoring(self.used.account, amount, self.used.allocations, restored, cause, moment)
        entries = decide_restore(head, restoring)
        entry = own_entry(entries, self.asked)
        expired = -sum(one.amount for one in entries[entries.index(entry) + 1 :])
        results = {
            "redemptionId": self.asked.id.ids[0],
            "type": entry.account.kind.value,
            "amount": amount,
            "expired": expired,
            "ledger": entry_document(entry),
        }
        receipt = receipt_of(self.asked, results, created_at=utc_text(moment.recorded_at), entry=entry)
        return NewCommand(tuple(entries), receipt, (step,))

    @property
    def _tally_id(self) -> TallyId:
        return TallyId(CommandKind.CANCELLATION, self.asked.id.owner, self.asked.id.ids[:1])
