"""How old the views are said to be, and how long anybody waits for them."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.kickbacks import KickbackType
from app.domain.periods import utc_text
from app.ports.errors import StoreUnavailable
from app.ports.projection import Progress
from app.ports.views import Generation
from app.queries.freshness import KEPT_SECONDS, Freshness, TooOld, counted_until
from tests.fakes.projection import FakeProjection

START = datetime(2026, 11, 22, 3, 0, 0, tzinfo=UTC)
GENERATION = Generation(3, 4, dict.fromkeys(KickbackType, 1_000_000), "")


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def shard(name: str, watermark: float | None, parent: str | None = None, **changes: object) -> Progress:
    text = utc_text(at(watermark)) if watermark is not None else ""
    return Progress(name, name, 0, parent, watermark=text, **changes)  # type: ignore[arg-type]  # of Progress itself


LONG_AGO = -3 * 3600


@pytest.mark.parametrize(
    ("progress", "seconds"),
    [
        ([], None),
        ([shard("a", None)], None),
        ([shard("a", 5)], 5),
        ([shard("a", 5), shard("b", 3)], 3),
        ([shard("a", 5), shard("b", None)], None),
        # finished long ago, with and without a child
        ([shard("a", LONG_AGO, finished=True), shard("b", 7, "a")], 7),
        ([shard("a", LONG_AGO, finished=True), shard("b", 7)], 7),
        # the child goes on from where its parent ended, before it is first read
        ([shard("a", 4, finished=True), shard("b", None, "a"), shard("c", 9)], 4),
        ([shard("a", 4, finished=True), shard("b", None, "a"), shard("c", None, "b")], 4),
        ([shard("a", 4), shard("b", None, "a")], 4),
        # its child is not known yet: what is recorded there now is not counted
        ([shard("a", 4, finished=True), shard("b", 9)], 4),
        ([shard("a", 4, finished=True), shard("b", 6, finished=True)], 4),
        ([shard("a", 4, finished=True)], 4),
        ([shard("a", 4, finished=True), shard("b", 9, "a"), shard("c", 8, "a")], 8),
        ([shard("a", None, "trimmed"), shard("b", 9)], None),
        # lost records hold everything back, finished or not
        ([shard("a", LONG_AGO, finished=True, gap="trimmed"), shard("b", 7, "a")], LONG_AGO),
        ([shard("a", LONG_AGO, gap="trimmed"), shard("b", 7)], LONG_AGO),
    ],
)
def test_everything_before_is_counted_whichever_shard_carried_it(
    progress: list[Progress], seconds: float | None
) -> None:
    wanted = at(seconds) if seconds is not None else None
    assert counted_until(progress) == wanted
    assert counted_until(reversed(progress)) == wanted


@settings(max_examples=200)
@given(st.lists(st.tuples(st.none() | st.integers(0, 500), st.booleans()), max_size=6))
def test_it_never_says_more_than_a_shard_under_way(shards: list[tuple[int | None, bool]]) -> None:
    progress = [shard(f"s{n}", watermark, finished=finished) for n, (watermark, finished) in enumerate(shards)]
    said = counted_until(progress)
    for one in progress:
        if not one.finished:
            assert said is None or (one.watermark and said <= datetime.fromisoformat(one.watermark))


@dataclass
class World:
    """A clock that only moves while somebody sleeps, and a projector that moves with it."""

    seconds: float = 0.0
    projection: FakeProjection = field(default_factory=lambda: FakeProjection(current=GENERATION))
    lag: float = 0.0
    stuck: float | None = None
    reads: list[float] = field(default_factory=list)
    down: bool = False

    def __post_init__(self) -> None:
        self.projection.called = self._called

    def freshness(self, own_writes: float = 1.0) -> Freshness:
        return Freshness(
            self.projection,
            own_writes=own_writes,
            clock=lambda: self.seconds,
            now=lambda: at(self.seconds),
            sleep=self.sleep,
        )

    async def sleep(self, seconds: float) -> None:
        self.seconds += seconds
        await asyncio.sleep(0)

    def _called(self, name: str) -> None:
        assert name == "state"
        self.reads.append(self.seconds)
        if self.down:
            raise StoreUnavailable("injected")
        counted = self.seconds - self.lag
        watermark = counted if self.stuck is None else min(counted, self.stuck)
        self.projection.shards[3, "a"] = shard("a", watermark)


async def test_what_is_known_is_kept_for_half_a_second() -> None:
    world = World()
    freshness = world.freshness()
    for _ in range(30):
        assert (await freshness.current()) is not None
        world.seconds += 0.05
    assert len(world.reads) == 3
    fresh = await freshness.current()
    assert fresh is not None
    assert (fresh.generation, at(world.seconds) - fresh.as_of <= timedelta(seconds=KEPT_SECONDS)) == (GENERATION, True)


async def test_without_a_generation_or_a_watermark_there_are_no_views() -> None:
    world = World(projection=FakeProjection())
    assert await world.freshness().current(at(0)) is None
    world = World()
    world.projection.called = lambda _: None
    assert await world.freshness().current() is None
    world.projection.shards[3, "a"] = shard("a", None)
    assert await world.freshness().current(at(0)) is None
    assert world.seconds == 0


async def test_an_own_write_is_waited_for() -> None:
    world = World(lag=0.2)
    freshness = world.freshness()
    await freshness.current()
    freshness.noted()
    written = at(world.seconds)
    fresh = await freshness.current()
    assert fresh is not None
    assert fresh.as_of >= written
    assert 0.2 <= world.seconds < 0.3


async def test_it_is_waited_for_so_long_and_no_longer() -> None:
    for own_writes in (0.0, 0.3, 1.0):
        world = World(stuck=-5)
        freshness = world.freshness(own_writes)
        freshness.noted()
        fresh = await freshness.current()
        assert fresh is not None
        assert fresh.as_of == at(-5), "and then asOf says it"
        assert own_writes <= world.seconds < own_writes + 0.05


async def test_a_write_of_long_ago_is_not_waited_for() -> None:
    world = World(stuck=-5)
    freshness = world.freshness()
    freshness.noted()
    world.seconds = 5.1
    await freshness.current()
    assert world.seconds == 5.1


async def test_what_is_demanded_is_there_or_it_is_refused() -> None:
    world = World(lag=0.7)
    fresh = await world.freshness(0.0).current(at(0))
    assert fresh is not None
    assert fresh.as_of >= at(0)
    assert 0.7 <= world.seconds < 0.8
    world = World(lag=1.2)
    with pytest.raises(TooOld):
        await world.freshness(5.0).current(at(0))
    assert 1.0 <= world.seconds < 1.05


async def test_what_is_old_in_memory_is_looked_at_again_before_anybody_waits() -> None:
    world = World()
    freshness = world.freshness()
    await freshness.current()
    world.seconds = 0.4
    fresh = await freshness.current(at(0.3))
    assert fresh is not None
    assert (fresh.as_of, world.seconds, world.reads) == (at(0.4), 0.4, [0, 0.4])


async def test_many_who_wait_look_together() -> None:
    reads: list[float] = []

    def called(_: str) -> None:
        reads.append(time.monotonic())
        watermark = utc_text(datetime.now(UTC) - timedelta(seconds=0.2))
        projection.shards[3, "a"] = Progress("a", "a", 0, watermark=watermark)

    projection = FakeProjection(current=GENERATION, called=called)
    freshness = Freshness(projection, own_writes=5, clock=time.monotonic, now=lambda: datetime.now(UTC))
    freshness.noted()
    written = datetime.now(UTC)
    found = await asyncio.gather(*(freshness.current(written) for _ in range(100)))
    assert all(fresh is not None and fresh.as_of >= written for fresh in found)
    assert len(reads) < 50, "each of them alone would look seven times"


@pytest.mark.parametrize("leave", [True, False])
async def test_a_failure_is_told_to_all_and_then_forgotten(leave: bool) -> None:
    world = World(down=True)
    freshness = world.freshness()
    if leave:
        first = asyncio.create_task(freshness.current())
        await asyncio.sleep(0)
        first.cancel()
    found = await asyncio.gather(*(freshness.current() for _ in range(5)), return_exceptions=True)
    assert [type(one) for one in found] == [StoreUnavailable] * 5
    assert len(world.reads) == 1
    world.down = False
    assert await freshness.current() is not None


@pytest.mark.parametrize(("ahead", "waited"), [(-1.0, 0.0), (0.0, 0.0), (0.5, 0.5), (1.0, 1.0)])
async def test_a_moment_to_come_is_waited_for(ahead: float, waited: float) -> None:
    world = World()
    await world.freshness().until(at(ahead))
    assert waited <= world.seconds < waited + 0.05


async def test_a_clock_that_stands_still_is_not_waited_for_without_end() -> None:
    world = World()
    no_sleep: Callable[[float], object] = lambda _: asyncio.sleep(0)  # noqa: E731 - one line is enough for it
    freshness = Freshness(
        world.projection,
        own_writes=1,
        clock=lambda: 0.0,
        now=lambda: START,
        sleep=no_sleep,  # type: ignore[arg-type]  # awaitable it is
    )
    with pytest.raises(TooOld):
        await freshness.until(at(1))
