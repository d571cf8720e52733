"""The row of the audit trail that a command leaves, in the same transaction as what it writes."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from app.callers import Caller
from app.domain.ledger import Account
from app.domain.periods import utc_text
from app.domain.purchases import Purchase
from app.ports.audit import AuditOutcome, AuditRow
from app.ports.ledger import CommandId, CommandKind

RECORD, EXPIRE, DEFINE = "purchase.record", "points.expire", "benefit.define"
# For each kind of command: what it is called, and what its owner and its ids are ids of.
_COMMANDS = {
    CommandKind.REDEMPTION: ("points.redeem", ("user", "redemption")),
    CommandKind.CANCELLATION: ("redemption.cancel", ("user", "redemption", "cancellation")),
    CommandKind.CLOSURE: ("account.close", ("user", "closure")),
    CommandKind.ADJUSTMENT: ("points.adjust", ("user", "adjustment")),
    CommandKind.EXERCISE: ("benefit.exercise", ("user", "benefit", "exercise")),
    CommandKind.REVERSAL: ("purchase.reverse", ("transaction", "reversal")),
}


def done(action: str, about: Iterable[str], *, caller: Caller, at: datetime, reason: str | None = None) -> AuditRow:
    """What the caller does now. `reason` is what the command itself says, where the caller says none beside it."""
    if reason is not None and caller.reason is None:
        caller = replace(caller, reason=reason)
    return AuditRow(utc_text(at), caller, action, tuple(about), AuditOutcome.DONE)


def action_of(command: CommandId) -> str:
    """'points.redeem'"""
    return _COMMANDS[command.kind][0]


def about_command(command: CommandId, accounts: Iterable[Account]) -> list[str]:
    """`user:hanako`, `redemption:r1`; of a reversal the transaction, the reversal, and the user whose account it is."""
    names = _COMMANDS[command.kind][1]
    about = [f"{name}:{one}" for name, one in zip(names, (command.owner, *command.ids), strict=True)]
    return about + [one for one in about_accounts(accounts) if one not in about]


def about_purchases(purchases: Sequence[Purchase]) -> list[str]:
    """`transaction:txn001`, `user:hanako`: all transactions, and each user once."""
    if len(purchases) == 1:
        (one,) = purchases
        return [f"transaction:{one.transaction_id}", f"user:{one.user_id}"]
    users = dict.fromkeys(f"user:{one.user_id}" for one in purchases)
    return [*[f"transaction:{one.transaction_id}" for one in purchases], *users]


def expiry_row(account: Account, *, caller: Caller, at: datetime) -> AuditRow:
    """Where what is over in an account is booked."""
    return done(EXPIRE, about_accounts([account]), caller=caller, at=at)


def about_accounts(accounts: Iterable[Account]) -> list[str]:
    """Whose they are, each once."""
    return list(dict.fromkeys(f"user:{account.user_id}" for account in accounts))
