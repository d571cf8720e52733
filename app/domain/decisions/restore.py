"""A redemption is cancelled: points go back to the lots they came from, and keep their expiry."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.decisions.expire import decide_expire
from app.domain.decisions.following import Change, Moment, deficit_of, followed, lots_of
from app.domain.journal import EntryKind
from app.domain.ledger import Account, LedgerEntry
from app.domain.lots import DEFICIT, Allocation, give_back


@dataclass(frozen=True, slots=True)
class Restoring:
    """The command: `amount` of what `used` (the redemption's allocations, negative) took goes back; `restored` of it
    has gone back before."""

    account: Account
    amount: int
    used: Sequence[Allocation]
    restored: int
    cause: str
    moment: Moment


def decide_restore(head: LedgerEntry | None, restoring: Restoring) -> list[LedgerEntry]:
    """What has expired before, then the restoring, then the expiry of what went back to a lot that is over.

    What is owed is settled first. What was taken last goes back first, so that parts add up to the whole.
    """
    if restoring.amount <= 0:
        raise ValueError("a cancellation is more than nothing")
    moment = restoring.moment.present(head)
    before = decide_expire(head, moment)
    head = before[-1] if before else head
    lots, deficit = lots_of(head), deficit_of(head)
    allocations: list[Allocation] = []
    for part in parts_back(restoring.used, restoring.restored, restoring.amount):
        settled = min(deficit, part.amount)
        deficit -= settled
        if settled:
            allocations.append(Allocation(DEFICIT, None, settled))
        if part.amount > settled:
            lots = give_back(lots, part.source, part.expires_on, part.amount - settled)
            allocations.append(Allocation(part.source, part.expires_on, part.amount - settled))
    change = Change(lots, deficit, tuple(allocations))
    entry = followed(head, restoring.account, EntryKind.RESTORE, change, cause=restoring.cause, moment=moment)
    return [*before, entry, *decide_expire(entry, moment, came_in=entry)]


def parts_back(used: Sequence[Allocation], restored: int, amount: int) -> Sequence[Allocation]:
    """The next `amount` behind the first `restored`, as positive parts, from the end of `used` backwards."""
    parts: list[Allocation] = []
    for one in reversed(used):
        skipped = min(-one.amount, restored)
        restored -= skipped
        part = min(-one.amount - skipped, amount)
        amount -= part
        if part:
            parts.append(Allocation(one.source, one.expires_on, part))
    if amount:
        raise ValueError("more than was used cannot go back")
    return parts
