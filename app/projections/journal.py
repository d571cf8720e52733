"""What was booked on each account of the journal, by month, hour and second of the instant at which it happened."""

from collections.abc import Iterator
from zlib import crc32

from app.domain.bookings import HOUR, MONTH, SECOND, Booking
from app.domain.view_rows import Counted
from app.ports.views import JournalTotal, ViewId


def rows_of(booking: Booking, shards: int) -> Iterator[tuple[ViewId, Counted]]:
    """Three rows: any instant is whole months, hours and seconds. None for an entry of nothing.

    Spread by user, so that two projectors seldom write the same row.
    """
    if not booking.postings:
        return
    shard = crc32(booking.user_id.encode()) % shards
    for span in (MONTH, HOUR, SECOND):
        yield JournalTotal(booking.effective_at[:span], shard), Counted(span=span)
