import asyncio
import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta

from app.domain.periods import utc_text
from app.stream.poller import poll
from tests.stream.world import PACE, START, Death, bought, family, world


async def test_two_pollers_at_once_count_everything_once() -> None:
    async with world() as one:
        family(one)
        async with one.polling("one"), one.polling("two"):
            await one.until(one.is_counted)
            one.add("c", bought(7, "more"))
            await one.until(one.is_counted)
        assert one.rows() == one.expected()


async def test_two_pollers_that_both_think_a_shard_is_theirs_count_everything_once() -> None:
    async with world() as one:
        family(one)
        pace = replace(PACE, lease=timedelta(milliseconds=40), batch=1)
        async with one.polling("one", pace=pace), one.polling("two", pace=pace), one.polling("three", pace=pace):
            await one.until(one.is_counted)
        assert one.rows() == one.expected()


async def _calls_of_a_whole_run() -> int:
    async with world() as one:
        family(one)
        counting = Death(after=10**9)
        async with one.polling(called=counting):
            await one.until(one.is_counted)
        return counting.calls


async def test_c3_killed_before_every_call_in_turn_another_goes_on() -> None:
    calls = await _calls_of_a_whole_run()
    assert calls > 100
    for after in range(calls):
        async with world() as one:
            family(one)
            death = Death(after)
            async with one.polling("dead", called=death):
                await one.until(lambda death=death: death.has_come)  # type: ignore[misc]  # bound as it is now
            async with one.polling("heir"):
                await one.until(one.is_counted)
            assert one.rows() == one.expected(), f"killed after {after} calls"


async def test_a_dead_ones_shards_are_taken_when_its_lease_runs_out() -> None:
    async with world() as one:
        one.add("a", bought(30))
        death = Death(after=12)
        async with one.polling("dead", called=death):
            await one.until(lambda: death.has_come)
        assert one.shard("a").owner == "dead"
        async with one.polling("heir"):
            await one.until(one.is_counted)
        assert one.shard("a").owner != "dead"
        assert one.clock.now() - START >= timedelta(seconds=9)


async def test_leases_are_given_back_at_the_end() -> None:
    async with world() as one:
        family(one)
        async with one.polling():
            await one.until(one.is_counted)
        assert {progress.owner for progress in one.projection.shards.values() if not progress.finished} == {None}


async def test_stopping_takes_less_than_a_second() -> None:
    async with world() as one:
        family(one)
        stop = asyncio.Event()
        task = asyncio.create_task(poll(one.parts(), owner="me", pace=PACE, backoff=one.backoff(), stop=stop))
        await one.until(one.is_counted)
        started = time.monotonic()
        stop.set()
        await asyncio.wait_for(task, 1)
        assert time.monotonic() - started < 0.9
        assert {one.shard(name).owner for name in "cd"} == {None}


async def test_a_batch_that_takes_longer_than_the_lease_keeps_its_shard() -> None:
    async with world() as one:
        one.add("a", bought(4))
        owners: set[str | None] = set()
        slow = one.parts()
        plain = one.views.save

        async def save(*given: object) -> object:
            for _ in range(30):
                await one.clock.sleep(0.05)
                owners.add(one.shard("a").owner)
            return await plain(*given)  # type: ignore[arg-type]  # as they were given

        views = type("SlowViews", (), {"load": one.views.load, "save": staticmethod(save)})()
        applying = replace(slow.handling.applying, writer=views)
        slow = replace(slow, handling=replace(slow.handling, applying=applying))
        pace = replace(PACE, lease=timedelta(milliseconds=500))
        task = asyncio.create_task(poll(slow, owner="slow", pace=pace, backoff=one.backoff()))
        await one.until(lambda: bool(one.projection.shards) and one.shard("a").owner == "slow")
        async with one.polling("other", pace=pace):
            await one.until(one.is_counted)
        task.cancel()
        await asyncio.wait([task])
        assert owners == {"slow"}
        assert one.rows() == one.expected()


async def test_a_leases_owner_is_not_asked_for_it_again_and_again() -> None:
    async with world() as one:
        one.add("a", bought(1))
        claims: Counter[str] = Counter()

        def count(name: str) -> None:
            claims[name] += 1

        async with one.polling("one"):
            await one.until(one.is_counted)
            async with one.polling("two", called=count):
                await one.clock.sleep(5)
        assert claims["claim"] == 0
        assert claims["state"] >= 4


async def test_a_shard_that_somebody_else_has_taken_is_read_no_more() -> None:
    async with world() as one:
        one.add("a", bought(1))
        calls: Counter[str] = Counter()

        def count(name: str) -> None:
            calls[name] += 1

        async with one.polling(called=count, pace=replace(PACE, note=timedelta(days=1))):
            await one.until(one.is_counted)
            await one.clock.sleep(1)
            far = utc_text(START + timedelta(days=1))
            one.projection.shards[1, "a"] = replace(one.shard("a"), owner="other", owned_until=far)
            await one.clock.sleep(5)
            reads = calls["read"]
            await one.clock.sleep(2)
        assert calls["read"] == reads
