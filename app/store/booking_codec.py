"""What the journal's sums read of a stored ledger entry."""

import msgspec

from app.domain.bookings import Booking, is_sound
from app.domain.kickbacks import KickbackType
from app.store.ledger_codec import postings_of_list
from app.store.wire import ListValue, Number, Text


class BookingRow(msgspec.Struct, kw_only=True):
    """The attributes it needs."""

    userId: Text
    ledgerType: Text
    version: Number
    postings: ListValue
    effectiveAt: Text
    recordedAt: Text


def booking_of_row(row: BookingRow) -> Booking:
    """Raises ValueError, with no value in it, for what is no ledger entry."""
    booking = Booking(
        user_id=row.userId.S,
        kind=KickbackType(row.ledgerType.S),
        version=int(row.version.N),
        created_at=row.recordedAt.S,
        effective_at=row.effectiveAt.S,
        postings=postings_of_list(row.postings),
    )
    if not is_sound(booking):
        raise ValueError("an account that is not in the chart, or an instant that is none")
    return booking
