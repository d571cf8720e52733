import asyncio
import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from app.domain.periods import utc_text
from app.ports.errors import StoreUnavailable
from app.ports.streams import StreamRecord
from app.stream.poller import poll
from app.telemetry import PROJECTION_LAG, STREAM_GAPS
from tests.stream.world import PACE, START, Death, bought, family, world


async def test_everything_is_counted_once() -> None:
    async with world() as one:
        family(one)
        async with one.polling():
            await one.until(one.is_counted)
        assert one.rows() == one.expected()


async def test_what_comes_later_is_counted_too() -> None:
    async with world() as one:
        one.add("a", bought(3, "a"))
        async with one.polling():
            await one.until(one.is_counted)
            one.add("a", bought(6, "later"))
            await one.until(one.is_counted)
            one.stream.close("a")
            one.add("b", bought(2, "b"), parent="a")
            await one.until(one.is_counted)
        assert one.rows() == one.expected()


async def test_c4_children_are_read_after_their_parents_and_one_carries_the_line_on() -> None:
    async with world() as one:
        family(one)
        one.stream.empty_reads = 2
        async with one.polling():
            await one.until(one.is_counted)
        a, b, c, d = (one.shard(name) for name in "abcd")
        assert (a.depth, b.source, b.depth) == (0, a.source, 1)
        assert (d.source, d.depth) == (a.source, 2)
        assert c.depth == 0
        assert c.source != a.source
        marks = {source for row in one.views.rows.values() for source in row.marks}
        assert marks == {a.source, c.source}


async def test_c4_no_child_is_opened_before_its_parent_is_finished() -> None:
    async with world() as one:
        family(one)
        opened: list[str] = []
        parts = one.parts()
        plain = one.stream.open

        class Watched:
            def __getattr__(self, name: str) -> object:
                return getattr(one.stream, name)

            async def open(self, shard_id: str, after: str | None) -> str:
                parent = one.stream.scripted[shard_id].parent
                assert parent is None or one.shard(parent).finished
                opened.append(shard_id)
                return await plain(shard_id, after)

        task = asyncio.create_task(
            poll(
                replace(parts, stream=Watched()),  # type: ignore[arg-type]  # it passes everything else on
                owner="me",
                pace=PACE,
                backoff=one.backoff(),
            )
        )
        await one.until(one.is_counted)
        task.cancel()
        await asyncio.wait([task])
        assert set(opened) == set("abcd")


async def test_c4_an_expired_iterator_is_opened_again_at_the_last_record_counted() -> None:
    async with world() as one:
        one.add("a", bought(9))
        async with one.polling():
            for turn in range(5):
                one.stream.expire()
                await one.clock.sleep(0.2)
                one.add("a", bought(1, f"x{turn}"))
            await one.until(one.is_counted)
        assert one.rows() == one.expected()
        assert one.shard("a").gap is None


@pytest.mark.parametrize("hidden", [[{"a"}], [{"b"}], [{"a", "c"}, {"b"}], [{"b"}, {"c"}, {"d"}, {"a"}]])
async def test_c4_listings_that_leave_shards_out_cost_nothing(hidden: list[set[str]]) -> None:
    async with world() as one:
        family(one)
        one.stream.hidden.extend(hidden)
        pace = replace(PACE, listing=timedelta(seconds=1))
        async with one.polling(pace=pace):
            await one.until(one.is_counted)
        assert one.rows() == one.expected()
        assert not any(progress.gap for progress in one.projection.shards.values())


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


@pytest.mark.parametrize("seed", range(6))
async def test_storage_that_fails_now_and_then_only_delays(seed: int) -> None:
    async with world() as one:
        family(one)
        chance = Random(seed)

        def fails(name: str) -> None:
            if chance.random() < 0.3:
                raise StoreUnavailable(f"injected in {name}")

        async with one.polling(called=fails):
            await one.until(one.is_counted)
        assert one.rows() == one.expected()


async def test_an_error_nobody_expected_does_not_end_the_poller() -> None:
    async with world() as one:
        family(one)
        calls: Counter[str] = Counter()

        def fails(name: str) -> None:
            calls[name] += 1
            if calls[name] in (2, 3):
                raise ZeroDivisionError("injected")

        async with one.polling(called=fails) as task:
            await one.until(one.is_counted)
            assert not task.done()
        assert one.projection.parked_records == {}
        assert one.rows() == one.expected()


async def test_c6_a_record_that_cannot_be_read_is_parked_and_the_others_are_counted() -> None:
    async with world() as one:
        one.add("a", bought(5))
        one.stream.put("a", StreamRecord("6", "INSERT", utc_text(START), None, "not a purchase"))
        one.add("a", bought(5, "after"))
        async with one.polling():
            await one.until(one.is_counted)
        assert one.rows() == one.expected()
        [parked] = await one.projection.parked(1)
        assert (parked.shard_id, parked.sequence, parked.reason) == ("a", "6", "not a purchase")


async def test_c6_a_record_that_breaks_the_counting_is_parked_after_five_tries_together() -> None:
    async with world() as one:
        one.add("a", bought(3))
        broken = bought(1, "broken")[0]._replace(kickback_rate_millionths=None)  # type: ignore[arg-type]  # no number
        one.add("a", [broken])
        one.add("a", bought(3, "after"))
        async with one.polling():
            await one.until(one.is_counted)
        one.stream.scripted["a"].records.pop(3)
        assert one.rows() == one.expected()
        [parked] = await one.projection.parked(1)
        assert (parked.sequence, parked.reason) == ("4", "counting it failed: TypeError")


async def test_c5_trimmed_records_are_a_gap_and_the_watermark_stands_still() -> None:
    async with world() as one:
        one.add("a", bought(6))
        async with one.polling():
            await one.until(one.is_counted)
            await one.clock.sleep(2)
        before = one.shard("a")
        gaps = STREAM_GAPS._value.get()
        one.add("a", bought(8, "lost"))
        one.add("a", bought(3, "kept"))
        one.stream.trim("a", 14)
        async with one.polling():
            await one.until(one.is_counted)
            await one.clock.sleep(3)
            assert PROJECTION_LAG._value.get() >= 3
        after = one.shard("a")
        assert after.gap
        assert after.watermark == before.watermark
        assert STREAM_GAPS._value.get() == gaps + 1


async def test_c5_a_shard_that_disappeared_unread_is_a_gap_its_children_inherit() -> None:
    async with world() as one:
        one.add("a", bought(6))
        async with one.polling():
            await one.until(one.is_counted)
        one.stream.close("a")
        one.add("b", bought(2, "b"), parent="a")
        one.stream.remove("a")
        async with one.polling():
            await one.until(one.is_counted)
            await one.clock.sleep(1)
        assert one.shard("a").finished
        assert one.shard("a").gap
        assert one.shard("b").gap
        assert one.shard("b").watermark <= one.shard("a").watermark


async def test_c5_a_shard_nobody_ever_registered_is_a_gap_once_it_is_gone() -> None:
    async with world() as one:
        one.add("a", bought(1))
        async with one.polling():
            await one.until(one.is_counted)
        one.clock.moment += timedelta(hours=30)
        one.add("z", bought(2, "z"), parent="y")
        async with one.polling():
            await one.until(one.is_counted)
        assert one.shard("z").gap


async def test_a_generation_that_began_today_has_no_gap_where_older_shards_are_gone() -> None:
    async with world() as one:
        one.add("z", bought(2, "z"), parent="y")
        async with one.polling():
            await one.until(one.is_counted)
        assert one.shard("z").gap is None


async def test_c5_a_shard_left_unread_for_longer_than_the_stream_keeps_is_a_gap() -> None:
    async with world() as one:
        one.add("a", [])
        async with one.polling():
            await one.until(lambda: bool(one.projection.shards) and one.shard("a").watermark != "")
        one.clock.moment += timedelta(hours=25)
        one.add("a", bought(2))
        async with one.polling():
            await one.until(one.is_counted)
        assert one.shard("a").gap


async def test_the_watermark_follows_the_clock_when_nothing_comes_and_never_goes_back() -> None:
    async with world() as one:
        one.add("a", bought(1))
        seen: list[str] = []
        async with one.polling(pace=replace(PACE, delay=timedelta(milliseconds=300))):
            await one.until(one.is_counted)
            await one.clock.sleep(1)
            for turn in range(40):
                await one.clock.sleep(0.1)
                seen.append(one.shard("a").watermark)
                newest = one.stream.scripted["a"].records[-1].at
                assert seen[-1] <= max(newest, utc_text(one.clock.now() - timedelta(milliseconds=300)))
                if turn % 7 == 0:
                    one.add("a", bought(1, f"x{turn}"))
        assert seen == sorted(seen)
        assert seen[-1] >= utc_text(one.clock.now() - timedelta(seconds=1.6))


async def test_an_empty_read_after_opening_is_not_yet_the_end() -> None:
    async with world() as one:
        one.add("a", bought(1))
        one.stream.empty_reads = 2
        seen = []
        async with one.polling():
            while not one.is_counted():
                if one.projection.shards:
                    seen.append(one.shard("a").watermark)
                await asyncio.sleep(0)
        assert set(seen) == {""}


async def test_another_generation_is_followed_as_soon_as_it_is_current() -> None:
    async with world() as one:
        family(one)
        async with one.polling():
            await one.until(one.is_counted)
            second = replace(one.generation, number=2)
            await one.projection.promote(second, instead_of=1)
            one.generation = second
            promoted_at = one.clock.now()
            await one.until(lambda: (2, "a") in one.projection.shards)
            assert one.clock.now() - promoted_at < timedelta(seconds=1.5)
            await one.until(one.is_counted)
        assert one.rows() == one.expected()


async def test_without_a_generation_it_waits_for_one() -> None:
    async with world() as one:
        family(one)
        one.projection.current = None
        async with one.polling():
            await one.clock.sleep(2)
            assert not one.projection.shards
            one.projection.current = one.generation
            await one.until(one.is_counted)
        assert one.rows() == one.expected()


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


async def test_a_shard_is_not_finished_before_its_children_are_known() -> None:
    async with world() as one:
        family(one)
        one.stream.hidden.extend([{"b", "c", "d"}, {"b", "c", "d"}, {"b", "c", "d"}])
        async with one.polling():
            while not one.is_counted():
                progress = {name for _, name in one.projection.shards}
                if "a" in progress and one.shard("a").finished:
                    assert progress >= {"b", "c"}
                await asyncio.sleep(0)
        assert one.rows() == one.expected()


async def test_a_shard_that_has_no_children_is_finished_all_the_same() -> None:
    async with world() as one:
        one.add("a", bought(3))
        one.stream.close("a")
        async with one.polling():
            await one.until(one.is_counted)
        assert one.shard("a").finished


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
