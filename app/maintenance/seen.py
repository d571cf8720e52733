"""Which of the latest facts a scan saw, so that the stream can bring what it missed, and only that."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from app.domain.bookings import Booking
from app.domain.periods import utc_text
from app.domain.view_rows import Countable

_SHORTEST = timedelta(seconds=60)


class Seen:
    """Remembers the ids of what was stamped shortly before `since`; the scan saw all that is older.

    Longer than four times `settle`, and never under a minute, no write takes from its stamp to its commit. What is
    remembered is therefore what was recorded in that time: a minute's purchases and entries, whatever
    the size of the table.
    """

    def __init__(self, since: datetime, settle_seconds: float) -> None:
        self._from = utc_text(since - max(_SHORTEST, timedelta(seconds=4 * settle_seconds)))
        self._ids: set[str] = set()
        self.count = 0
        """Purchases and reversals counted so far."""
        self.entries = 0
        """Ledger entries counted so far."""

    def note(self, counted: Iterable[Countable]) -> None:
        """They are counted."""
        for one in counted:
            if isinstance(one, Booking):
                self.entries += 1
            else:
                self.count += 1
            if one.created_at >= self._from:
                self._ids.add(_id_of(one))

    def missed(self, older: Iterable[Countable]) -> list[Countable]:
        """Those that are not counted yet; from now on they are."""
        missed: dict[str, Countable] = {}
        for one in older:
            if one.created_at >= self._from and _id_of(one) not in self._ids:
                missed.setdefault(_id_of(one), one)
        self.note(missed.values())
        return list(missed.values())


def _id_of(one: Countable) -> str:
    return one.entry_id if isinstance(one, Booking) else one.transaction_id
