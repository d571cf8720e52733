"""The audit trail on DynamoDB: a row put by itself, pages of rows, and all rows between two instants."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from app.domain.audit import hours_between
from app.ports.audit import AuditPage, AuditQuery, AuditRow, KeptRow, Seals
from app.ports.pages import Position
from app.store import keys
from app.store.audit_codec import audit_item
from app.store.audit_hours import hours_with_rows
from app.store.audit_rows import HourOfRows, Placed, ShardedTrail
from app.store.database import Database, Put

# Rows that are read for one page at most, where few of them are wanted.
_ROWS_READ = 10_000
# With a filter most of what is read is not wanted, so more is read at a time.
_FILTERED_PORTION = 200


@dataclass(frozen=True, slots=True)
class DynamoAuditTrail:
    """See the port."""

    database: Database
    shards: int

    async def append(self, row: AuditRow) -> None:
        """One PutItem. Where the row is there already, an answer to it was lost."""
        await self.database.put_if(Put(audit_item(row, shards=self.shards)))


@dataclass(frozen=True, slots=True)
class DynamoAuditRows:
    """See the port."""

    trail: ShardedTrail
    seals: Seals

    async def page(self, query: AuditQuery, *, limit: int, after: Position | None) -> AuditPage:
        """One Query for each shard of each hour, hour by hour. A position is where the walk ends, which the first page
        has decided, and the sort key behind which to go on."""
        earliest, last = after if after is not None else (query.first, keys.audit_range("", query.last)[1])
        found: list[KeptRow] = []
        read, sk = 0, last
        async for row in self._back(earliest, last, _portion(query, limit, self.trail.shards)):
            if row.sk == last:
                continue
            if read == _ROWS_READ or (len(found) == limit and query.wants(row.kept.row)):
                return AuditPage(found, (earliest, sk))
            read, sk = read + 1, row.sk
            if query.wants(row.kept.row):
                found.append(row.kept)
        return AuditPage(found, None)

    async def rows(self, since: str, until: str) -> AsyncIterator[Sequence[KeptRow]]:
        """Queries forwards, hour by hour. (What is `at` the end has a longer sort key than the end.)"""
        for hour in hours_between(since, until):
            async for piece in self.trail.rows(HourOfRows(hour, since, until, forward=True)):
                yield [row.kept for row in piece]

    async def _back(self, first: str, last: str, portion: int) -> AsyncIterator[Placed]:
        async for hour in hours_with_rows(self.seals, first, last):
            async for piece in self.trail.rows(HourOfRows(hour, first, last, forward=False, portion=portion)):
                for row in piece:
                    yield row


def _portion(query: AuditQuery, limit: int, shards: int) -> int:
    """How many rows of each shard are read at a time."""
    if query.actor is None and query.about is None:
        return limit // shards + 2
    return _FILTERED_PORTION
