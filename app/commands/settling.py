"""Booking what has expired ahead of a command, where it is more than fits into the command's own transaction."""

from collections.abc import Sequence

from app.domain.journal import EntryKind
from app.domain.ledger import LedgerEntry
from app.ports.ledger import Ledger, NewCommand
from app.ports.transactions import MAX_ACTIONS, Appended


async def settle(entries: Sequence[LedgerEntry], *, ledger: Ledger, token: str) -> LedgerEntry | None:
    """Appends the expiries that stand first, as many as fit, and returns the account's newest entry afterwards.

    They are right whatever follows, so it does no harm when nothing does. Raises StoreUnavailable.
    """
    first: list[LedgerEntry] = []
    for entry in entries[:MAX_ACTIONS]:
        if entry.kind is not EntryKind.EXPIRE:
            break
        first.append(entry)
    if not first:
        raise ValueError("there is nothing to settle ahead")
    answer = await ledger.append(NewCommand(tuple(first)), token=token)
    return first[-1] if isinstance(answer, Appended) else await ledger.head(first[0].account)
