"""Everything a projector meets, in memory and in a time of its own, and pollers that can be killed in it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from app.domain.kickbacks import KickbackType
from app.domain.periods import utc_text
from app.domain.totals import Figures
from app.domain.view_rows import ViewRow
from app.ports.errors import StoreUnavailable
from app.ports.projection import Progress
from app.ports.views import Generation, ViewId
from app.projections.applying import Applying
from app.projections.remembered import RememberedRows
from app.retrying import Backoff
from app.stream.handler import Handling
from app.stream.pace import Pace
from app.stream.parts import ProjectorParts
from app.stream.poller import poll
from tests.fakes.documents import figures_of
from tests.fakes.projection import FakeProjection
from tests.fakes.streams import FakeStream
from tests.fakes.views import FakeViews
from tests.projections.events import plain_fold, without_marks
from tests.purchases import purchase

START = datetime(2026, 11, 22, 3, 0, 0, tzinfo=UTC)
CREATED = utc_text(START)
PACE = Pace(batch=4, delay=timedelta(seconds=0))
_TICK = timedelta(milliseconds=5)
_PATIENCE = 20.0


def bought(count: int, name: str = "t") -> list[Figures]:
    """So many purchases of two cards, all of the example's day and category: their rows are hot."""
    return [
        replace_figures(f"{name}{number}", card=f"card{number % 2}", amount=100 + number) for number in range(count)
    ]


def replace_figures(transaction_id: str, *, card: str, amount: int) -> Figures:
    return figures_of(
        purchase(transaction_id=transaction_id, card_id=card, transaction_amount=amount, created_at=CREATED)
    )


class Clock:
    """Time that passes a little with every turn of the event loop, for as long as it runs."""

    def __init__(self) -> None:
        self.moment = START

    def now(self) -> datetime:
        return self.moment

    async def sleep(self, seconds: float) -> None:
        until = self.moment + timedelta(seconds=seconds)
        while self.moment < until:  # noqa: ASYNC110 - the condition is time itself
            await asyncio.sleep(0)

    async def run(self) -> None:
        while True:
            self.moment += _TICK
            await asyncio.sleep(0)


@dataclass(slots=True)
class Death:
    """Lets so many calls through, and none after them."""

    after: int
    calls: int = 0

    def __call__(self, _: str) -> None:
        self.calls += 1
        if self.calls > self.after:
            raise StoreUnavailable("killed")

    @property
    def has_come(self) -> bool:
        return self.calls > self.after


@dataclass(slots=True)
class World:
    """`generation` is current from the beginning."""

    generation: Generation = field(
        default_factory=lambda: Generation(1, 4, dict.fromkeys(KickbackType, 1_000_000), CREATED)
    )
    stream: FakeStream = field(default_factory=FakeStream)
    views: FakeViews = field(default_factory=FakeViews)
    projection: FakeProjection = field(default_factory=FakeProjection)
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.projection.current = self.generation

    def add(self, shard_id: str, figures: Iterable[Figures | None], *, parent: str | None = None) -> None:
        self.stream.add(shard_id, figures, parent=parent, at=utc_text(self.clock.now().replace(microsecond=0)))

    def shard(self, shard_id: str) -> Progress:
        return self.projection.shards[self.generation.number, shard_id]

    def rows(self) -> dict[ViewId, ViewRow]:
        return without_marks(self.views.of(self.generation.number))

    def expected(self) -> dict[ViewId, ViewRow]:
        """Every record that the stream has, once."""
        records = [record for shard in self.stream.scripted.values() for record in shard.records]
        return plain_fold(record.figures for record in records if record.figures is not None)

    def is_counted(self) -> bool:
        """Whether every shard is at its last record, and finished where it is closed."""
        for shard_id, shard in self.stream.scripted.items():
            progress = self.projection.shards.get((self.generation.number, shard_id))
            last = shard.records[-1].sequence if shard.records else None
            if progress is None or progress.position != last or progress.finished != shard.closed:
                return False
        return True

    def parts(self, called: Callable[[str], None] | None = None) -> ProjectorParts:
        """For one process. `called` is asked before each of its calls; what it stores is everybody's."""
        stream, views, projection = self.stream, self.views, self.projection
        if called is not None:
            stream = replace(stream, called=called)
            views = replace(views, called=called)
            projection = replace(projection, called=called)
        backoff = self.backoff(attempts=4)
        return ProjectorParts(
            stream,
            projection,
            Handling(Applying(views, RememberedRows(100), backoff), projection, self.clock.now),
        )

    def backoff(self, attempts: int = 4) -> Backoff:
        return Backoff(attempts, lambda: 0.5, self.clock.sleep)

    @asynccontextmanager
    async def polling(
        self, owner: str = "me", *, called: Callable[[str], None] | None = None, pace: Pace = PACE
    ) -> AsyncIterator[asyncio.Task[None]]:
        """A poller at work."""
        task = asyncio.create_task(poll(self.parts(called), owner=owner, pace=pace, backoff=self.backoff()))
        try:
            yield task
        finally:
            task.cancel()
            await asyncio.wait([task])

    async def until(self, holds: Callable[[], bool]) -> None:
        """Waits for it, but not for ever."""
        async with asyncio.timeout(_PATIENCE):
            while not holds():  # noqa: ASYNC110 - it is asked about what others do
                await asyncio.sleep(0)


@asynccontextmanager
async def world() -> AsyncIterator[World]:
    """An empty one, in which time passes."""
    one = World()
    ticking = asyncio.create_task(one.clock.run())
    try:
        yield one
    finally:
        ticking.cancel()
        await asyncio.wait([ticking])


def family(one: World) -> None:
    """A shard that split in two, of which one was followed by a third: the last two are open."""
    one.add("a", bought(10, "a"))
    one.add("b", bought(5, "b"), parent="a")
    one.add("c", bought(3, "c"), parent="a")
    one.add("d", bought(4, "d"), parent="b")
    one.stream.close("a")
    one.stream.close("b")
