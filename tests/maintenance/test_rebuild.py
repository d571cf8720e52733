import asyncio
from dataclasses import replace
from datetime import timedelta
from itertools import cycle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.totals import Figures
from app.domain.view_rows import ViewRow
from app.maintenance.rebuild import FACTS
from app.ports.errors import StoreUnavailable
from app.ports.scans import Unreadable
from app.ports.views import Generation, Saved
from tests.fakes.documents import figures_of
from tests.maintenance.world import SETTLE, SKEW, VALUATION, World
from tests.purchases import EXAMPLE
from tests.strategies import figures

ONE = figures_of(EXAMPLE)
OTHERS = [
    ONE._replace(user_id=f"u{number % 3}", card_id=f"c{number % 4}", merchant_name=f"shop {number % 5}")
    for number in range(9)
]


async def made(count: int) -> World:
    """A world with a first generation and the projector on time."""
    world = World()
    for one in OTHERS[:count]:
        world.record(one)
    assert (await world.rebuild()).promoted
    await world.project()
    return world


@given(st.lists(figures, max_size=12), st.lists(figures, max_size=8), st.integers(1, 40))
def test_it_is_the_plain_fold(before: list[Figures], after: list[Figures], bound: int) -> None:
    async def run() -> None:
        world = World()
        for one in before:
            world.record(one)
        first = await world.rebuild(bound=bound)
        assert (first.promoted, first.purchases, first.rows) == (True, len(before), len(world.fold()))
        assert world.current() == world.fold()
        for one in after:
            world.record(one)
        await world.project()
        live = world.current()
        assert (await world.rebuild(bound=bound)).promoted
        assert world.current() == live == world.fold()

    asyncio.run(run())


async def test_more_rows_than_fit_into_memory() -> None:
    world = World()
    for one in OTHERS:
        world.record(one)
    loads = []
    world.views.called = lambda name: loads.append(name) if name == "load" else None
    done = await world.rebuild(bound=10)
    assert loads, "the bound was never reached"
    assert done.rows == len(world.fold()) > 10
    assert world.current() == world.fold()


@pytest.mark.parametrize("stamped", [timedelta(seconds=ago) for ago in (0, -SETTLE, -SKEW, SKEW)])
@pytest.mark.parametrize("name", ["figures", "next_number", "fill", "shards", "open", "read", "register", "promote"])
async def test_what_is_recorded_meanwhile_is_counted_once(name: str, stamped: timedelta) -> None:
    """Stamped now or as long ago as a write may take, committed at any call of the rebuild."""
    world = await made(4)
    left = cycle(OTHERS)
    budget = 12

    def recording(called: str) -> None:
        nonlocal budget
        # Writes that were stamped before `since` have ended before the waiting is over.
        late = stamped < timedelta() and name in ("shards", "open", "read", "register", "promote")
        if called == name and budget and not late:
            budget -= 1
            world.record(next(left), stamped=stamped)

    world.on_call(recording)
    assert (await world.rebuild()).promoted
    assert budget < 12 or stamped
    world.on_call(lambda _: None)
    await world.project()
    assert world.current() == world.fold()


async def test_a_write_that_the_scan_missed_comes_from_the_stream() -> None:
    world = await made(5)
    # While the rebuild waits, after the scan, a write is committed that was stamped before `since`.
    late = iter([timedelta(milliseconds=-1)])
    world.before_sleep = lambda: [world.record(OTHERS[7], stamped=stamped) for stamped in late]
    done = await world.rebuild()
    assert done.purchases == 6
    assert world.current() == world.fold()


async def test_a_missed_write_between_others_of_the_same_rows() -> None:
    """The projector's memory of a row does not survive that the row was changed beside it."""
    world = await made(2)
    ahead = timedelta(seconds=SKEW + 1)

    def commit() -> None:
        world.before_sleep = lambda: None
        for stamped in [ahead] * 4 + [timedelta()] + [ahead] * 3:
            world.record(ONE, stamped=stamped)

    world.before_sleep = commit
    assert (await world.rebuild()).purchases == 3
    assert world.current() == world.fold()


async def test_what_is_old_was_seen_by_the_scan_although_the_stream_has_it_too() -> None:
    world = World()
    for one in OTHERS:
        world.record(one)
    world.moment += timedelta(minutes=10)
    await world.rebuild()
    assert world.current() == world.fold()


async def test_a_rebuild_that_was_begun_later_is_left_alone() -> None:
    world = await made(2)
    later = (99, next(iter(world.current())))
    world.views.rows[later] = ViewRow()
    await world.rebuild()
    assert {number for number, _ in world.views.rows} == {2, 99}


async def test_a_position_that_is_dropped_from_the_stream_is_no_loss() -> None:
    world = await made(5)
    (first,) = await world.projection.progress(1)
    world.projection.shards[1, "shard-0"] = replace(first, position="1")
    world.stream.trimmed["shard-0"] = 3
    assert (await world.rebuild()).promoted
    (shard,) = await world.projection.progress(2)
    assert shard.gap is None
    assert world.current() == world.fold()


async def test_promoted_answers_are_not_older_than_the_ones_before() -> None:
    world = await made(3)
    seen = []

    def look(called: str) -> None:
        if called == "read" and len(world.facts.purchases) < 9:
            world.record(ONE)
        if called == "promote":
            seen.append(len(world.facts.purchases))

    world.on_call(look)
    await world.rebuild()
    counted = sum(row.totals.count for view_id, row in world.current().items() if "CategoryTotal" in repr(view_id)) // 2
    assert counted >= seen[0] - 1
    watermarks = [one.watermark for one in await world.projection.progress(2)]
    assert watermarks
    assert all(watermarks)


async def test_it_waits_until_every_clock_and_write_is_past() -> None:
    world = await made(1)
    world.slept.clear()
    await world.rebuild()
    assert world.slept[0] == pytest.approx(SKEW + SETTLE)
    assert world.slept[1] == 2.0, "readers of the one before are waited for"


async def test_splits_gaps_and_expired_iterators() -> None:
    world = await made(3)
    world.stream.closed.add("shard-0")
    for child in ("shard-1", "shard-2"):
        world.stream.records[child] = []
        world.stream.parents[child] = "shard-0"
        world.record(OTHERS[5], shard=child)
    world.stream.trimmed["shard-0"] = 2
    world.stream.expire = 2
    (first,) = await world.projection.progress(1)
    world.projection.shards[1, "shard-0"] = replace(first, position="1", gap="lost")
    assert (await world.rebuild()).promoted
    progress = {one.shard_id: one for one in await world.projection.progress(2)}
    assert {one.gap for one in progress.values()} == {None}
    assert progress["shard-0"].finished
    assert set(progress) == {"shard-0", "shard-1", "shard-2"}
    assert world.current() == world.fold()


async def test_shards_that_are_gone_are_finished() -> None:
    world = await made(3)
    world.stream.records = {"shard-9": []}
    world.stream.parents["shard-9"] = "shard-0"
    assert (await world.rebuild()).promoted
    progress = {one.shard_id: one.finished for one in await world.projection.progress(2)}
    assert progress == {"shard-0": True, "shard-9": False}


class Crash(BaseException):
    """As when the process is killed: nothing catches it."""


async def crashing(world: World, at: int) -> bool:
    """Whether the rebuild came to that call, and died there."""
    calls = 0

    def called(_: str) -> None:
        nonlocal calls
        calls += 1
        if calls == at:
            raise Crash

    world.on_call(called)
    try:
        await world.rebuild(bound=10)
    except (Crash, BaseExceptionGroup):
        return True
    finally:
        world.on_call(lambda _: None)
    return False


async def test_whenever_it_dies_the_current_one_serves_and_the_next_succeeds() -> None:
    at = 0
    died = 0
    while True:
        at += 1 if at < 40 else 17
        world = await made(5)
        if not await crashing(world, at):
            break
        died += 1
        current = world.projection.current
        assert current is not None
        await world.project()
        assert world.current() == world.fold()
        done = await world.rebuild()
        assert done.promoted
        assert world.current() == world.fold()
        assert {number for number, _ in world.views.rows} == {done.number}
        assert {number for number, _ in world.projection.shards} == {done.number}
    assert died > 40


@pytest.mark.parametrize("name", ["figures", "fill", "shards", "read", "promote", "next_number"])
async def test_when_storage_fails_it_says_so(name: str) -> None:
    world = await made(5)

    def fail(called: str) -> None:
        if called == name:
            raise StoreUnavailable("injected")

    world.on_call(fail)
    with pytest.raises(StoreUnavailable):
        await world.rebuild()
    world.on_call(lambda _: None)
    assert world.projection.current is not None
    assert world.projection.current.number == 1


async def test_two_at_once_both_finish_and_one_is_promoted() -> None:
    world = await made(5)
    both = await asyncio.gather(world.rebuild(), world.rebuild(bound=10))
    assert sorted(one.promoted for one in both) == [False, True]
    (winner,) = (one.number for one in both if one.promoted)
    assert {number for number, _ in world.views.rows} == {winner}
    assert world.current() == world.fold()


async def test_one_that_was_begun_later_and_promoted_earlier_sweeps_this_one_away() -> None:
    world = await made(3)
    later = Generation(3, 4, VALUATION, "2026")

    def overtaken(called: str) -> None:
        if called == "read" and (2, "shard-0") in world.projection.shards:
            world.projection.current = later
            del world.projection.shards[2, "shard-0"]

    world.on_call(overtaken)
    done = await world.rebuild()
    assert not done.promoted
    assert world.projection.current == later
    assert 2 not in {number for number, _ in world.views.rows}


async def test_what_cannot_be_read_is_parked() -> None:
    world = World()
    world.record(ONE)
    world.facts.unreadable.append(Unreadable("USER#x|TRANSACTION#y", "broken"))
    done = await world.rebuild()
    assert (done.promoted, done.unreadable, done.purchases) == (True, 1, 1)
    (parked,) = await world.projection.parked(done.number)
    assert (parked.shard_id, parked.sequence, parked.reason) == (FACTS, "USER#x|TRANSACTION#y", "broken")


async def test_what_fails_a_few_times_is_tried_again() -> None:
    world = await made(2)
    failures = [True, True]

    def flaky(called: str) -> None:
        if called == "figures" and len(world.facts.purchases) == 2:
            world.record(ONE)
        if called == "read" and failures and failures.pop():
            raise StoreUnavailable("injected")

    world.on_call(flaky)
    assert (await world.rebuild()).promoted
    assert not failures
    world.on_call(lambda _: None)
    assert world.current() == world.fold()


async def test_rows_that_are_not_counted_in_time_stop_the_rebuild() -> None:
    world = await made(2)
    world.before_sleep = lambda: world.record(ONE, stamped=timedelta(seconds=SKEW + 1))
    world.views.outcome = lambda _: Saved.UNAVAILABLE
    with pytest.raises(StoreUnavailable):
        await world.rebuild()
    world.views.outcome = lambda _: None
    await world.project()
    assert world.current() == world.fold()
