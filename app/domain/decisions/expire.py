"""What is past its last valid day leaves the account, dated to the instant at which it stopped counting."""

from itertools import takewhile

from app.domain.decisions.following import Change, Moment, deficit_of, followed, instant_of, lots_of
from app.domain.journal import EntryKind
from app.domain.ledger import Before, LedgerEntry
from app.domain.lots import expiry_text, is_alive, take, total

CAUSE = "EXPIRY#"


def decide_expire(
    head: Before | None, moment: Moment, *, came_in: LedgerEntry | None = None, at_most: int | None = None
) -> list[LedgerEntry]:
    """One entry for each day whose lots do not count any more at the moment at which the next entry would be posted,
    soonest first; at most so many. Each is dated to its own instant, however late it is booked; but what `came_in`
    brings back into lots that are over goes out at the moment it came in, not before, and all of it together."""
    if head is None or not head.lots:
        return []
    posted = moment.posted_after(head)
    not_before = came_in.effective_at if came_in is not None else ""
    entries: list[LedgerEntry] = []
    while head.lots and not is_alive(head.lots[0].expires_on, posted, moment.zone):
        if at_most is not None and len(entries) == at_most:
            break
        head = _expire_first(head, not_before, moment)
        entries.append(head)
    return entries


def _expire_first(head: Before, not_before: str, moment: Moment) -> LedgerEntry:
    """The lots that went out at the first instant."""
    day = head.lots[0].expires_on
    if day is None:
        raise ValueError("what never expires is never over")
    effective = max(expiry_text(day, moment.zone), not_before)
    dead = list(takewhile(lambda lot: not is_alive(lot.expires_on, effective, moment.zone), lots_of(head)))
    _, taken = take(dead, total(dead))
    change = Change(lots_of(head)[len(dead) :], deficit_of(head), taken)
    return followed(
        head,
        head.account,
        EntryKind.EXPIRE,
        change,
        cause=f"{CAUSE}{day.isoformat()}",
        moment=Moment(instant_of(effective), moment.recorded_at, moment.zone),
    )
