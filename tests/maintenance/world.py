"""Facts, their stream and the views in memory, on a clock that moves when somebody sleeps."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.domain.bookings import Booking, booking_of
from app.domain.kickbacks import KickbackType
from app.domain.ledger import LedgerEntry
from app.domain.periods import utc_text
from app.domain.totals import Figures
from app.domain.view_rows import Countable, ViewRow
from app.maintenance.rebuild import Rebuilding, Rebuilt, Waits, make_generation
from app.maintenance.verifying.counting import Counting
from app.maintenance.verifying.run import Report, Verifying, verify
from app.maintenance.verifying.trail import TrailSource
from app.ports.streams import IteratorExpired, Read, StreamRecord, StreamShard, Trimmed
from app.ports.views import ViewId
from app.projections.applying import Applying
from app.projections.remembered import RememberedRows
from app.retrying import Backoff
from app.stream.catching_up import CatchingUp
from app.stream.handler import Handling
from app.stream.parts import ProjectorParts
from tests.fakes.audit import FakeAudit, FakeSeals
from tests.fakes.projection import FakeProjection
from tests.fakes.scans import FakeFactScan, FakeViewScan
from tests.fakes.views import FakeViews
from tests.projections.events import plain_fold, without_marks
from tests.purchases import NOW, TOKYO

VALUATION = dict.fromkeys(KickbackType, 1_000_000)
SKEW = 1.0
SETTLE = 5.0


@dataclass(slots=True)
class FakeStream:
    """Shards with their records. An iterator names its shard and place; `trimmed` of a shard's records are gone."""

    records: dict[str, list[StreamRecord]] = field(default_factory=lambda: {"shard-0": []})
    parents: dict[str, str] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    trimmed: dict[str, int] = field(default_factory=dict)
    expire: int = 0
    """So many reads from now on say that the iterator has expired."""
    called: Callable[[str], None] = lambda _: None

    async def shards(self) -> Sequence[StreamShard]:
        await self._call("shards")
        return [StreamShard(one, self.parents.get(one), one in self.closed) for one in self.records]

    async def open(self, shard_id: str, after: str | None) -> str:
        await self._call("open")
        lost = self.trimmed.get(shard_id, 0)
        sequences = [one.sequence for one in self.records[shard_id]]
        place = sequences.index(after) + 1 if after is not None else lost
        if place < lost:
            raise Trimmed
        return f"{shard_id}/{place}"

    async def read(self, iterator: str, limit: int) -> Read:
        await self._call("read")
        if self.expire:
            self.expire -= 1
            raise IteratorExpired
        shard_id, place = iterator.split("/")
        records = self.records[shard_id][int(place) : int(place) + limit]
        end = int(place) + len(records)
        ended = shard_id in self.closed and end == len(self.records[shard_id])
        return Read(records, None if ended else f"{shard_id}/{end}")

    async def _call(self, name: str) -> None:
        self.called(name)
        await asyncio.sleep(0)


@dataclass(slots=True)
class World:
    """`called` is asked before every call of every port, with its name: it may record, or raise."""

    facts: FakeFactScan = field(default_factory=FakeFactScan)
    stream: FakeStream = field(default_factory=FakeStream)
    views: FakeViews = field(default_factory=FakeViews)
    projection: FakeProjection = field(default_factory=FakeProjection)
    moment: datetime = NOW
    slept: list[float] = field(default_factory=list)
    before_sleep: Callable[[], object] = lambda: None
    sequence: int = 0

    def on_call(self, called: Callable[[str], None]) -> None:
        for port in (self.facts, self.stream, self.views, self.projection):
            port.called = called

    async def sleep(self, seconds: float) -> None:
        self.before_sleep()
        self.slept.append(seconds)
        self.moment += timedelta(seconds=seconds)
        await asyncio.sleep(0)

    def now(self) -> datetime:
        return self.moment

    def record(self, figures: Figures, *, shard: str = "shard-0", stamped: timedelta = timedelta()) -> Figures:
        """Commits a purchase now that was stamped `stamped` from now."""
        self.sequence += 1
        made = figures._replace(transaction_id=f"t{self.sequence}", created_at=utc_text(self.moment + stamped))
        self.facts.purchases.append(made)
        second = utc_text(self.moment.replace(microsecond=0))
        self.stream.records[shard].append(StreamRecord(str(self.sequence), f"e{self.sequence}", second, made))
        return made

    def book(self, entry: LedgerEntry, *, shard: str = "shard-0") -> Booking:
        """Commits an entry now, whenever it was stamped."""
        self.sequence += 1
        booking = booking_of(entry)
        self.facts.purchases.append(booking)
        self.facts.others.append(entry)
        second = utc_text(self.moment.replace(microsecond=0))
        self.stream.records[shard].append(StreamRecord(str(self.sequence), f"e{self.sequence}", second, booking))
        return booking

    def parts(self) -> ProjectorParts:
        applying = Applying(self.views, RememberedRows(100), Backoff(3, lambda: 0.0))
        return ProjectorParts(self.stream, self.projection, Handling(applying, self.projection, self.now))

    def catching_up(self) -> CatchingUp:
        return CatchingUp(self.parts(), Backoff(3, lambda: 0.0), limit=4, delay=timedelta())

    async def rebuild(self, *, bound: int = 200_000) -> Rebuilt:
        return await make_generation(
            Rebuilding(
                facts=self.facts,
                stored=self.stored(),
                writer=self.views,
                projection=self.projection,
                catch_up=self.catching_up(),
                shards=4,
                valuation=VALUATION,
                waits=Waits(SKEW, SETTLE, grace=2.0),
                now=self.now,
                sleep=self.sleep,
                bound=bound,
            )
        )

    def stored(self) -> FakeViewScan:
        return FakeViewScan(self.views, self.projection, called=self.views.called)

    async def check(
        self, *, passes: int = 1, retention: timedelta | None = None, delay: timedelta = timedelta()
    ) -> Report:
        counting = Counting(self.projection, self.stream, self.now, self.sleep, delay, polls=5)
        return await verify(
            Verifying(
                self.facts,
                self.stored(),
                self.projection,
                self.stream,
                counting,
                retention,
                self.now,
                TOKYO,
                TrailSource(FakeAudit(), FakeSeals()),
                passes,
            )
        )

    async def project(self) -> None:
        """The projector, up to the end of the stream."""
        assert self.projection.current is not None

        async def skip(_: Sequence[Countable]) -> list[ViewId]:
            return []

        await self.catching_up()(self.projection.current, skip)

    def fold(self) -> dict[ViewId, ViewRow]:
        """What the views have to say about everything that was recorded."""
        return plain_fold(self.facts.purchases)

    def current(self) -> dict[ViewId, ViewRow]:
        """What they say, without marks."""
        assert self.projection.current is not None
        rows = self.views.of(self.projection.current.number)
        return without_marks(rows)
