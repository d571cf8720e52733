import asyncio
from datetime import timedelta

import pytest

from app.maintenance.rebuild import FACTS
from app.ports.errors import StoreUnavailable
from app.ports.scans import Unreadable
from app.ports.views import Generation, Saved
from tests.maintenance.made import ONE, made
from tests.maintenance.world import SKEW, VALUATION, World


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
