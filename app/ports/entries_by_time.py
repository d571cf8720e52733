"""Reading a ledger by time completely, though the index by time is cut into pages and lags behind the table."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from app.domain.ledger import LedgerEntry
from app.domain.periods import utc_text
from app.ports.ledger import Happened, Ledger

# How long the index may lag behind, and how many of the newest entries are then read at once.
_INDEX_LAG = timedelta(seconds=10)
_NEWEST = 50
_WINDOW = 10_000


async def all_happened(ledger: Ledger, head: LedgerEntry, *, until: str, since: str) -> Sequence[Happened]:
    """However many: leaving some out would be a wrong answer. Those of the last moments may be missing."""
    limit = _WINDOW
    while True:
        found = await ledger.happened(head.account, until=until, since=since, limit=limit)
        if len(found) < limit:
            return found
        limit *= 4


async def just_recorded(ledger: Ledger, head: LedgerEntry, now: datetime) -> list[LedgerEntry]:
    """Those that the index may not have yet: as many as were recorded in so short a time. `head` is the newest."""
    horizon = utc_text(now - _INDEX_LAG)
    newest: list[LedgerEntry] = []
    oldest = head
    while oldest.recorded_at >= horizon and oldest.version > 1:
        newest += await ledger.newest_first(head.account, limit=_NEWEST, before=oldest.version if newest else None)
        oldest = newest[-1]
    return newest or ([head] if head.recorded_at >= horizon else [])
