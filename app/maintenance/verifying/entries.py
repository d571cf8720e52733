"""What must hold of every ledger entry by itself."""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from app.domain.decisions.following import instant_of
from app.domain.journal import Posting, postings_of
from app.domain.ledger import LedgerEntry, entry_hash
from app.domain.lots import Lot, total
from app.maintenance.verifying.differences import Difference, Kind

_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")


def entry_key(entry: LedgerEntry) -> str:
    """'user123 POINT 7'"""
    return f"{entry.account.user_id} {entry.account.kind.value} {entry.version}"


def entry_differences(entry: LedgerEntry) -> Iterator[Difference]:
    """The hash is that of the content, the open lots less what is owed are the balance, the allocations are the amount,
    the postings are those of its kind, and the instants are instants."""
    key = entry_key(entry)
    sealed = entry_hash(entry)
    if entry.hash != sealed:
        yield Difference(Kind.ENTRY_HASH, key, sealed, entry.hash)
    remaining = total(entry.lots)
    if remaining - entry.deficit != entry.balance:
        yield Difference(Kind.ENTRY_LOTS, key, f"lots with {entry.balance + entry.deficit} left", str(remaining))
    elif entry.deficit < 0 or not _are_open(entry.lots):
        yield Difference(Kind.ENTRY_LOTS, key, "each lot once, open, in the order of use", lots_text(entry.lots))
    allocated = sum(allocation.amount for allocation in entry.allocations)
    if allocated != entry.amount:
        yield Difference(Kind.ENTRY_ALLOCATIONS, key, f"allocations of {entry.amount}", str(allocated))
    postings = postings_of(entry.kind, entry.account.kind, entry.amount)
    if entry.postings != postings:
        yield Difference(Kind.ENTRY_POSTINGS, key, _postings_text(postings), _postings_text(entry.postings))
    if not has_instants(entry):
        yield Difference(Kind.ENTRY_TIMES, key, "three instants, none posted before it happened", _times_text(entry))


def has_instants(entry: LedgerEntry) -> bool:
    """Whether its times can be read, and it is not posted before it happened."""
    times = (entry.effective_at, entry.posted_at, entry.recorded_at)
    return all(map(_is_instant, times)) and entry.effective_at <= entry.posted_at


def _is_instant(text: str) -> bool:
    if not _INSTANT.fullmatch(text):
        return False
    try:
        instant_of(text)
    except ValueError:  # a day that does not exist
        return False
    return True


def lots_text(lots: Sequence[Lot]) -> str:
    """'PURCHASE:2023-10-28 30 of 50, ...'"""
    return ", ".join(f"{lot.lot_id} {lot.remaining} of {lot.earned}" for lot in lots) or "no lots"


def _are_open(lots: Sequence[Lot]) -> bool:
    days = [lot.expires_on or date.max for lot in lots]
    return (
        all(0 < lot.remaining <= lot.earned for lot in lots)
        and days == sorted(days)
        and len({(lot.source, lot.expires_on) for lot in lots}) == len(lots)
    )


def _postings_text(postings: Sequence[Posting]) -> str:
    return ", ".join(f"{one.account} {one.debit} {one.credit}" for one in postings) or "no postings"


def _times_text(entry: LedgerEntry) -> str:
    return f"{entry.effective_at}, posted {entry.posted_at}, recorded {entry.recorded_at}"
