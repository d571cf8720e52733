"""An account is closed: all that is left expires at once, and the history stays."""

from dataclasses import dataclass

from app.domain.decisions.expire import decide_expire
from app.domain.decisions.following import Change, Moment, deficit_of, followed
from app.domain.journal import EntryKind
from app.domain.ledger import LedgerEntry
from app.domain.lots import take, total


@dataclass(frozen=True, slots=True)
class Closing:
    """The command."""

    cause: str
    moment: Moment


def decide_close(head: LedgerEntry | None, closing: Closing) -> list[LedgerEntry]:
    """What has expired before, then one entry for all that is left. Nothing where nothing is; a deficit stays."""
    moment = closing.moment.present(head)
    before = decide_expire(head, moment)
    head = before[-1] if before else head
    if head is None or not head.lots:
        return before
    _, taken = take(head.lots, total(head.lots))
    change = Change((), deficit_of(head), taken)
    return [*before, followed(head, head.account, EntryKind.EXPIRE, change, cause=closing.cause, moment=moment)]
