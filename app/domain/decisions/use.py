"""Points are redeemed: soonest expiry first, never more than there are."""

from dataclasses import dataclass

from app.domain.decisions.expire import decide_expire
from app.domain.decisions.following import Change, Insufficient, Moment, deficit_of, followed, lots_of
from app.domain.journal import EntryKind
from app.domain.ledger import Account, LedgerEntry
from app.domain.lots import take


@dataclass(frozen=True, slots=True)
class Use:
    """The command: take `amount` (positive) out, because of `cause`."""

    account: Account
    amount: int
    cause: str
    moment: Moment
    kind: EntryKind = EntryKind.USE


def decide_use(head: LedgerEntry | None, use: Use) -> list[LedgerEntry] | Insufficient:
    """What has expired before, then the use; or a refusal, with nothing to be booked."""
    if use.amount <= 0:
        raise ValueError("a use is more than nothing")
    moment = use.moment.present(head)
    before = decide_expire(head, moment)
    head = before[-1] if before else head
    available = max(head.balance, 0) if head is not None else 0
    if available < use.amount:
        return Insufficient(available, use.amount - available)
    lots, taken = take(lots_of(head), use.amount)
    change = Change(lots, deficit_of(head), taken)
    return [*before, followed(head, use.account, use.kind, change, cause=use.cause, moment=moment)]
