"""Booking what has expired ahead of a command, where it is more than fits into the command's own transaction."""

from collections.abc import Callable, Sequence

from app.domain.decisions.expire import CAUSE
from app.domain.ledger import Account, LedgerEntry
from app.ports.audit import AuditRow
from app.ports.ledger import Ledger, NewCommand
from app.ports.transactions import MAX_ACTIONS, Appended

# Each entry has all open lots in it. A lot takes some 120 bytes at most (usually 10), a transaction 4 MB.
_MAX_LOTS = 30_000


async def settle(
    entries: Sequence[LedgerEntry],
    *,
    ledger: Ledger,
    new_token: Callable[[], str],
    row_of: Callable[[Account], AuditRow],
) -> LedgerEntry | None:
    """Appends the expiries that stand first, in as many writes as they need, and returns the account's newest entry
    afterwards. `entries` begin behind the newest entry that is stored; `row_of` makes a row of the audit trail for each
    write.

    They are right whatever follows, so it does no harm when nothing does: none of them has the command as its cause
    (a closure's own entry is an expiry too). Raises StoreUnavailable.
    """
    first = that_fit(entries)
    if not first:
        raise ValueError("there is nothing to settle ahead")
    written = 0
    while first:
        answer = await ledger.append(NewCommand(tuple(first)), audit=row_of(first[0].account), token=new_token())
        if not isinstance(answer, Appended):
            return await ledger.head(first[0].account)
        written += len(first)
        first = that_fit(entries[written:])
    return entries[written - 1]


def that_fit(entries: Sequence[LedgerEntry]) -> list[LedgerEntry]:
    """Of the expiries that stand first as many as one transaction takes, by their number and by their size."""
    first: list[LedgerEntry] = []
    lots = 0
    for entry in entries[:MAX_ACTIONS]:
        lots += len(entry.lots)
        if not entry.cause.startswith(CAUSE) or (first and lots > _MAX_LOTS):
            break
        first.append(entry)
    return first
