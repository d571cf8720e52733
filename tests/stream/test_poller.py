import asyncio
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from app.ports.errors import StoreUnavailable
from app.stream.poller import poll
from tests.stream.world import PACE, bought, family, world


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
