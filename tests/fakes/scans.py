"""The scans in memory."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from zlib import crc32

from app.domain.bookings import Booking
from app.domain.ledger import LedgerEntry
from app.domain.view_rows import Countable, ViewRow
from app.ports.scans import Fact, StoredPurchase, StoredView, Unreadable
from app.ports.views import Generation, ViewId
from tests.fakes.projection import FakeProjection
from tests.fakes.views import FakeViews

PAGE = 3


@dataclass(slots=True)
class FakeFactScan:
    """See the port. Each page is read when it is asked for: what is written meanwhile may be missed."""

    purchases: list[Countable] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)
    others: list[Fact] = field(default_factory=list)
    segments: int = 3
    called: Callable[[str], None] = lambda _: None

    async def figures(self, segment: int) -> AsyncIterator[Sequence[Countable | Unreadable]]:
        yield list(self.unreadable) if segment == 0 else []
        start = 0
        while True:
            self.called("figures")
            await asyncio.sleep(0)
            page = self.purchases[start : start + PAGE]
            yield [one for one in page if self._segment(one) == segment]
            if not page:
                return
            start += PAGE

    async def facts(self, segment: int) -> AsyncIterator[Sequence[Fact]]:
        """Purchases as reversals are handed out: with nothing that a guard would have to confirm. A booking stands for
        nothing here: its entry is to be among `others`."""
        self.called("facts")
        await asyncio.sleep(0)
        yield list(self.others) if segment == 0 else []
        async for page in self.figures(segment):
            yield [
                one if isinstance(one, Unreadable) else StoredPurchase(one, None)
                for one in page
                if not isinstance(one, Booking)
            ]

    async def entries(self, segment: int) -> AsyncIterator[Sequence[LedgerEntry | Unreadable]]:
        self.called("entries")
        await asyncio.sleep(0)
        yield [*self.unreadable, *(one for one in self.others if isinstance(one, LedgerEntry))] if segment == 0 else []

    def _segment(self, one: Countable) -> int:
        return crc32(repr(one).encode()) % self.segments


@dataclass(slots=True)
class FakeViewScan:
    """See the port. Rows lie in `views`, what is remembered of generations in `projection`."""

    views: FakeViews
    projection: FakeProjection
    segments: int = 2
    called: Callable[[str], None] = lambda _: None

    def key(self, generation: Generation, view_id: ViewId) -> str:
        return f"{generation.number}#{view_id!r}"

    def expected(self, generation: Generation, view_id: ViewId, row: ViewRow) -> StoredView:
        content = {
            "count": str(row.totals.count),
            "totals": repr(row.totals),
            "name": repr(row.naming),
            "parts": repr(sorted(row.parts.items())),
            **{f"postings.{key}": repr(sums) for key, sums in row.postings.items()},
        }
        return StoredView(self.key(generation, view_id), content, repr(row.marks))

    async def rows(self, generation: Generation, segment: int) -> AsyncIterator[Sequence[StoredView]]:
        self.called("rows")
        await asyncio.sleep(0)
        yield list(self._stored(generation)) if segment == 0 else []

    async def read(self, keys: Collection[str]) -> Mapping[str, StoredView]:
        self.called("read")
        await asyncio.sleep(0)
        current = self.projection.current
        return {one.key: one for one in self._stored(current) if one.key in keys} if current else {}

    async def sweep(self, is_doomed: Callable[[int], bool]) -> int:
        doomed = [key for key in self.views.rows if is_doomed(key[0])]
        for key in doomed:
            self.called("sweep")
            await asyncio.sleep(0)
            self.views.rows.pop(key, None)
        for shard in [key for key in self.projection.shards if is_doomed(key[0])]:
            del self.projection.shards[shard]
        return len(doomed)

    def _stored(self, generation: Generation) -> Iterator[StoredView]:
        for view_id, row in self.views.of(generation.number).items():
            yield self.expected(generation, view_id, row)
