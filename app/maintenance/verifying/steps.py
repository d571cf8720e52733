"""What must hold between an entry and the one before it: it follows, by what it says of itself, and by nothing else."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta, tzinfo

from app.domain.decisions.expire import CAUSE as EXPIRY
from app.domain.decisions.following import deficit_of, instant_of, lots_of
from app.domain.journal import EntryKind
from app.domain.ledger import GENESIS_HASH, LedgerEntry
from app.domain.lots import DEFICIT, Allocation, Lot, add_to_lots, expiry_text, give_back, is_alive, take
from app.domain.periods import business_date
from app.maintenance.verifying.differences import Difference, Kind
from app.maintenance.verifying.entries import entry_key, has_instants, lots_text

_COMES_IN = frozenset({EntryKind.EARN, EntryKind.RESTORE, EntryKind.ADJUST})
_GOES_OUT = frozenset({EntryKind.USE, EntryKind.EXPIRE, EntryKind.CLAWBACK, EntryKind.ADJUST})


def step_differences(before: LedgerEntry | None, entry: LedgerEntry, zone: tzinfo) -> Iterator[Difference]:
    """`before` is the entry with the version before, None for the first. `zone` is where business days begin."""
    key = entry_key(entry)
    newest = before.hash if before is not None else GENESIS_HASH
    if entry.previous_hash != newest:
        yield Difference(Kind.ENTRY_CHAIN, key, newest, entry.previous_hash)
    balance = (before.balance if before is not None else 0) + entry.amount
    if entry.balance != balance:
        yield Difference(Kind.ENTRY_BALANCE, key, str(balance), str(entry.balance))
    expected, found = _state_after(before, entry), _state(entry.lots, entry.deficit)
    if expected != found:
        yield Difference(Kind.ENTRY_STEP, key, expected, found)
    if not has_instants(entry) or (before is not None and not has_instants(before)):
        return  # which is told by itself
    yield from _time_differences(before, entry)
    yield from _expiry_differences(before, entry, zone)
    due_on = _due_on(before, entry, zone)
    if entry.due_on != due_on:
        yield Difference(Kind.ENTRY_DUE, key, _day(due_on), _day(entry.due_on))


def end_differences(newest: LedgerEntry, zone: tzinfo) -> Iterator[Difference]:
    """What must hold of an account's newest entry: a lot that is over when it is posted is not left open."""
    over = [lot for lot in newest.lots if not is_alive(lot.expires_on, newest.posted_at, zone)]
    if over:
        yield Difference(Kind.ENTRY_EXPIRY, entry_key(newest), "an expiry behind it", lots_text(over))


def _state(lots: Sequence[Lot], deficit: int) -> str:
    return lots_text(lots) + (f", {deficit} owed" if deficit else "")


def _state_after(before: LedgerEntry | None, entry: LedgerEntry) -> str:
    """What the allocations make of the state before."""
    wrong = _wrong_allocations(before, entry)
    if wrong is not None:
        return wrong
    lots, deficit = lots_of(before), deficit_of(before)
    for one in entry.allocations:
        if one.source == DEFICIT:
            deficit -= one.amount
        elif one.amount < 0:
            lots = _without(lots, one)
        elif entry.kind is EntryKind.RESTORE:
            lots = give_back(lots, one.source, one.expires_on, one.amount)
        elif one.amount:
            lots = add_to_lots(lots, Lot(one.source, one.expires_on, entry.amount, one.amount))
    return _state(lots, deficit)


def _without(lots: Sequence[Lot], one: Allocation) -> tuple[Lot, ...]:
    """Also what it must not come to: a lot that is not there, or holds less, keeps what it has."""
    own = [lot for lot in lots if (lot.source, lot.expires_on) == (one.source, one.expires_on)]
    left, _ = take(own, -one.amount)
    kept = {lot.lot_id: lot for lot in (*lots, *left)}
    gone = {lot.lot_id for lot in own} - {lot.lot_id for lot in left}
    return tuple(kept[lot.lot_id] for lot in lots if lot.lot_id not in gone)


def _wrong_allocations(before: LedgerEntry | None, entry: LedgerEntry) -> str | None:
    """What is expected instead, where the entry's kind does not take from or give to such places."""
    if (entry.amount > 0 and entry.kind not in _COMES_IN) or (entry.amount < 0 and entry.kind not in _GOES_OUT):
        return f"nothing that comes in or goes out this way by {entry.kind.value}"
    if any(one.source == DEFICIT and one.expires_on is not None for one in entry.allocations):
        return "what is owed, which has no day"
    if entry.kind is EntryKind.USE or (entry.kind is EntryKind.ADJUST and entry.amount < 0):
        _, taken = take(lots_of(before), -entry.amount)
        if entry.allocations != taken:
            return "taken from the lots in their order"
    if entry.kind is EntryKind.EARN or (entry.kind is EntryKind.ADJUST and entry.amount > 0):
        settled = sum(one.amount for one in entry.allocations if one.source == DEFICIT)
        if settled != min(deficit_of(before), entry.amount):
            return "what is owed settled first"
    return None


def _time_differences(before: LedgerEntry | None, entry: LedgerEntry) -> Iterator[Difference]:
    posted = max(entry.effective_at, before.posted_at if before is not None else "")
    late = instant_of(entry.posted_at) - instant_of(entry.effective_at)
    lateness = max(before.lateness if before is not None else 0, -(-late // timedelta(seconds=1)))
    if (entry.posted_at, entry.lateness) != (posted, lateness):
        found = f"posted {entry.posted_at}, {entry.lateness} s late"
        yield Difference(Kind.ENTRY_TIMES, entry_key(entry), f"posted {posted}, {lateness} s late", found)


def _expiry_differences(before: LedgerEntry | None, entry: LedgerEntry, zone: tzinfo) -> Iterator[Difference]:
    """What is over when an entry is posted has expired before it, soonest first, each day at its own instant."""
    lots = lots_of(before)
    day = lots[0].expires_on if lots else None
    is_due = day is not None and not is_alive(day, entry.posted_at, zone)
    is_expiry = entry.kind is EntryKind.EXPIRE and entry.cause.startswith(EXPIRY)
    if not is_due and not is_expiry:
        return
    expected = _expiry(before, day, zone) if is_due and day is not None and before is not None else "nothing over yet"
    found = f"{entry.cause}, {-entry.amount} at {entry.effective_at}"
    if expected != found:
        yield Difference(Kind.ENTRY_EXPIRY, entry_key(entry), expected, found)


def _expiry(before: LedgerEntry, day: date, zone: tzinfo) -> str:
    """Dated to the day's own end; but what came into a lot that was over went out when it came in."""
    effective = max(expiry_text(day, zone), before.effective_at)
    amount = sum(lot.remaining for lot in before.lots if not is_alive(lot.expires_on, effective, zone))
    return f"{EXPIRY}{day.isoformat()}, {amount} at {effective}"


def _due_on(before: LedgerEntry | None, entry: LedgerEntry, zone: tzinfo) -> date | None:
    """Where it opens a lot that expires: the day after the last one, and after it was recorded."""
    if entry.kind not in (EntryKind.EARN, EntryKind.ADJUST):
        return None
    there = {(lot.source, lot.expires_on) for lot in lots_of(before)}
    for one in entry.allocations:
        opened = one.amount > 0 and one.source != DEFICIT and (one.source, one.expires_on) not in there
        if opened and one.expires_on is not None:
            return max(one.expires_on, business_date(instant_of(entry.recorded_at), zone)) + timedelta(days=1)
    return None


def _day(day: date | None) -> str:
    return f"due on {day.isoformat()}" if day is not None else "not due"
