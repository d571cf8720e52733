"""What a lot that is over had left when it expired, less what was set off against reversals since.

Points that expired unused are gone already: a purchase that is reversed afterwards takes back only what was used. Lots
hold the points of many purchases, so what was set off is counted for each lot, in a tally of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.domain.decisions.expire import decide_expire
from app.domain.decisions.following import Moment
from app.domain.journal import EntryKind
from app.domain.ledger import LedgerEntry
from app.domain.lots import expiry_text, is_alive, lot_id
from app.domain.periods import utc_text
from app.ports.entries_by_time import all_happened, just_recorded
from app.ports.ledger import CommandKind, Ledger, Tally, TallyId


@dataclass(frozen=True, slots=True)
class SetOff:
    """What is set off now, and the step that says so; None where nothing is."""

    amount: int
    step: Tally | None


NOTHING = SetOff(0, None)


async def set_off(
    head: LedgerEntry | None, source: str, expires_on: date | None, amount: int, *, moment: Moment, ledger: Ledger
) -> SetOff:
    """Of `amount` that came into the lot: as much as expired unused and was not set off before. To be asked after
    `head`, the account's newest entry, was read. Raises StoreUnavailable."""
    if head is None or expires_on is None or not amount:
        return NOTHING
    present = moment.present(head)
    if is_alive(expires_on, utc_text(present.effective_at), present.zone):
        return NOTHING
    tally = TallyId(CommandKind.SET_OFF, head.account.user_id, (head.account.kind.value, lot_id(source, expires_on)))
    before = await ledger.tally(tally)
    done = before.amount if before is not None else 0
    booked = await _booked(head, expiry_text(expires_on, present.zone), present, ledger)
    expired = _expired([*booked, *decide_expire(head, present)], source, expires_on)
    part = min(amount, max(expired - done, 0))
    return SetOff(part, Tally(tally, before.number + 1 if before is not None else 1, done + part)) if part else NOTHING


async def _booked(head: LedgerEntry, instant: str, moment: Moment, ledger: Ledger) -> Sequence[LedgerEntry]:
    """The entries that happened when the lot expired."""
    newest = await just_recorded(ledger, head, moment.recorded_at)
    found = {entry.version: entry for entry in newest if entry.effective_at == instant}
    for one in await all_happened(ledger, head, until=instant, since=instant):
        entry = found.get(one.version) or await ledger.entry(head.account, one.version)
        if entry is not None:
            found[one.version] = entry
    return list(found.values())


def _expired(entries: Sequence[LedgerEntry], source: str, expires_on: date) -> int:
    return -sum(
        one.amount
        for entry in entries
        if entry.kind is EntryKind.EXPIRE
        for one in entry.allocations
        if (one.source, one.expires_on) == (source, expires_on)
    )
