"""Points are redeemed: soonest expiry first, all of the amount or nothing."""

from app.commands.asked import Asked, entry_document, own_entry, reason_of, receipt_of
from app.commands.posting import Command, Outcome, Posting, Refusal, carry_out
from app.domain.decisions.following import Insufficient
from app.domain.decisions.use import Use, decide_use
from app.domain.journal import EntryKind
from app.domain.ledger import Account, LedgerEntry
from app.domain.periods import utc_text
from app.ports.ledger import NewCommand


async def redeem(
    asked: Asked, account: Account, amount: int, *, using: Posting, kind: EntryKind = EntryKind.USE
) -> Outcome:
    """Takes `amount` (positive) out. Raises StoreUnavailable, OutcomeUnknown."""

    async def decide(heads: tuple[LedgerEntry | None, ...]) -> NewCommand | Refusal:
        (head,) = heads
        moment = using.moment()
        decided = decide_use(head, Use(account, amount, asked.id.cause, moment, kind))
        if isinstance(decided, Insufficient):
            return decided
        entry = own_entry(decided, asked)
        results = {"ledger": entry_document(entry)}
        receipt = receipt_of(asked, results, created_at=utc_text(moment.recorded_at), entry=entry)
        return NewCommand(tuple(decided), receipt)

    command = Command(asked.id, asked.fingerprint, (account,), decide, asked.expected, reason=reason_of(asked))
    return await carry_out(command, using=using)
