import asyncio
from dataclasses import replace
from datetime import timedelta
from itertools import cycle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.totals import Figures
from app.domain.view_rows import ViewRow
from tests.maintenance.made import ONE, OTHERS, made
from tests.maintenance.world import SETTLE, SKEW, World
from tests.strategies import figures


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
