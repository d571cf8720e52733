"""A user leaves: what is left in each of the accounts expires at once, and the history stays."""

from app.commands.asked import Asked, reason_of, receipt_of
from app.commands.posting import Command, Outcome, Posting, Refusal, carry_out
from app.domain.decisions.close import Closing, decide_close
from app.domain.kickbacks import KickbackType
from app.domain.ledger import Account, LedgerEntry
from app.domain.periods import utc_text
from app.ports.ledger import NewCommand


async def close_account(asked: Asked, *, using: Posting) -> Outcome:
    """All accounts of the user (the command's owner) in one transaction. Raises StoreUnavailable, OutcomeUnknown."""
    accounts = tuple(Account(asked.id.owner, kind) for kind in KickbackType)

    async def decide(heads: tuple[LedgerEntry | None, ...]) -> NewCommand | Refusal:
        moment = using.moment()
        entries = [entry for head in heads for entry in decide_close(head, Closing(asked.id.cause, moment))]
        expired = [
            {
                "type": entry.account.kind.value,
                "amount": -entry.amount,
                "version": entry.version,
                "balance": entry.balance,
            }
            for entry in entries
            if entry.cause == asked.id.cause
        ]
        receipt = receipt_of(asked, {"expired": expired}, created_at=utc_text(moment.recorded_at))
        return NewCommand(tuple(entries), receipt)

    return await carry_out(Command(asked.id, asked.fingerprint, accounts, decide, reason=reason_of(asked)), using=using)
