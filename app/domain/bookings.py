"""What the journal's sums need of a ledger entry, and the spans of time in which they are kept."""

import re
from typing import NamedTuple

from app.domain.journal import CHART, Posting
from app.domain.kickbacks import KickbackType
from app.domain.ledger import LedgerEntry

MONTH, HOUR, SECOND = (len(text) for text in ("2026-10", "2026-10-01T09", "2026-10-01T09:30:15"))
"""A span of UTC time is named by so many characters of the instants in it."""

_UTC_TEXT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")


class Booking(NamedTuple):
    """A ledger entry's postings. Instants are UTC text; `created_at`: when it was recorded. (A tuple: see Figures.)"""

    user_id: str
    kind: KickbackType
    version: int
    created_at: str
    effective_at: str
    postings: tuple[Posting, ...]

    @property
    def entry_id(self) -> str:
        """'user123#POINT#1': no transaction id can be the same."""
        return f"{self.user_id}#{self.kind.value}#{self.version}"


def booking_of(entry: LedgerEntry) -> Booking:
    """An entry's."""
    return Booking(
        user_id=entry.account.user_id,
        kind=entry.account.kind,
        version=entry.version,
        created_at=entry.recorded_at,
        effective_at=entry.effective_at,
        postings=entry.postings,
    )


def is_sound(booking: Booking) -> bool:
    """Whether the journal has a place for it: views leave out what has none, and a check of the entries tells it."""
    accounts_known = all(posting.account in CHART for posting in booking.postings)
    return accounts_known and _UTC_TEXT.fullmatch(booking.effective_at) is not None


def posting_key(effective_at: str, account: str, span: int) -> str:
    """Under which key a row of that span sums a posting up: by account, in a second's row by microsecond too, so that a
    trial balance is exact at any instant: '2110', '000250#2110'."""
    return f"{effective_at[SECOND + 1 : -1]}#{account}" if span == SECOND else account
