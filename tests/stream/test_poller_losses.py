import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.periods import utc_text
from app.ports.streams import StreamRecord
from app.telemetry import PROJECTION_LAG, STREAM_GAPS
from tests.stream.world import PACE, START, bought, world


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


@pytest.mark.parametrize(("times", "lost"), [(1, False), (2, True)])
async def test_c5_records_are_lost_when_two_new_iterators_in_a_row_say_so(times: int, lost: bool) -> None:
    async with world() as one:
        gaps = STREAM_GAPS._value.get()
        one.add("a", bought(6))
        one.stream.false_trims = times
        async with one.polling():
            await one.until(one.is_counted)
        assert one.rows() == one.expected()
        assert (one.shard("a").gap is not None) is lost
        assert STREAM_GAPS._value.get() == gaps + lost


async def test_c5_a_read_in_between_makes_the_next_iterator_a_first_one_again() -> None:
    async with world() as one:
        async with one.polling():
            for part in range(3):
                one.add("a", bought(2, f"part{part}"))
                one.stream.expire()
                one.stream.false_trims = 1
                await one.until(one.is_counted)
                assert one.stream.false_trims == 0
        assert one.shard("a").gap is None


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
        async with one.polling(pace=replace(PACE, note=timedelta(0))):
            while not one.is_counted():
                if one.projection.shards:
                    seen.append(one.shard("a").watermark)
                await asyncio.sleep(0)
        assert set(seen) == {""}
