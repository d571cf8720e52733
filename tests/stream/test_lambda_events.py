from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.domain.periods import utc_text
from app.ports.errors import StoreUnavailable
from app.ports.streams import StreamRecord
from app.ports.views import Generation
from app.stream.lambda_events import ShardNotNamed, handle_event
from tests.projections.events import plain_fold, without_marks
from tests.stream.world import START, World, bought, family, world

DONE: dict[str, Any] = {"state": {}, "batchItemFailures": []}


def failed(sequence: str) -> dict[str, Any]:
    return {"state": {}, "batchItemFailures": [{"itemIdentifier": sequence}]}


def event(one: World, shard_id: str, first: int, last: int) -> dict[str, Any]:
    """The shard's records with these sequence numbers, as Lambda would bring them."""
    records = one.stream.scripted[shard_id].records[first - 1 : last]
    wrapped = [{"dynamodb": {"SequenceNumber": record.sequence}, "record": record} for record in records]
    return {"Records": wrapped, "shardId": shard_id, "state": {}, "isFinalInvokeForWindow": False}


def decode(given: Mapping[str, Any]) -> StreamRecord:
    record: StreamRecord = given["record"]
    return record


async def test_a_batch_is_counted_once_however_often_it_comes() -> None:
    async with world() as one:
        one.add("a", bought(9))
        for first, last in ((1, 4), (1, 4), (3, 7), (5, 9), (1, 2)):
            assert await handle_event(event(one, "a", first, last), one.parts(), decode=decode) == DONE
        assert one.rows() == one.expected()
        assert one.shard("a").position == "9"
        assert one.shard("a").watermark == utc_text(START)


async def test_without_a_shards_name_nothing_is_counted() -> None:
    async with world() as one:
        one.add("a", bought(2))
        given = event(one, "a", 1, 2)
        del given["shardId"]
        with pytest.raises(ShardNotNamed, match="TumblingWindowInSeconds"):
            await handle_event(given, one.parts(), decode=decode)
        assert one.rows() == {}


async def test_the_end_of_a_window_brings_nothing() -> None:
    async with world() as one:
        given = {"Records": [], "shardId": "a", "isFinalInvokeForWindow": True}
        assert await handle_event(given, one.parts(), decode=decode) == DONE


async def test_without_a_generation_all_comes_again() -> None:
    async with world() as one:
        one.add("a", bought(2))
        one.projection.current = None
        assert await handle_event(event(one, "a", 1, 2), one.parts(), decode=decode) == failed("1")


@pytest.mark.parametrize("method", ["state", "progress", "shards", "register", "claim", "advance"])
async def test_while_storage_is_down_all_comes_again_and_counts_once(method: str) -> None:
    async with world() as one:
        one.add("a", bought(3))

        def down(name: str) -> None:
            if name == method:
                raise StoreUnavailable("injected")

        assert await handle_event(event(one, "a", 1, 3), one.parts(down), decode=decode) == failed("1")
        assert await handle_event(event(one, "a", 1, 3), one.parts(), decode=decode) == DONE
        assert one.rows() == one.expected()


async def test_it_says_from_which_record_on_to_come_again() -> None:
    async with world() as one:
        one.add("a", bought(4))
        saves: list[str] = []

        def down(name: str) -> None:
            saves.extend([name] if name == "load" else [])
            if name == "load":
                raise StoreUnavailable("injected")

        assert await handle_event(event(one, "a", 2, 4), one.parts(down), decode=decode) == failed("2")
        assert saves
        assert one.shard("a").position is None


async def test_poison_is_parked_and_never_fails_a_batch() -> None:
    async with world() as one:
        one.add("a", bought(2))
        one.stream.put("a", StreamRecord("3", "INSERT", utc_text(START), None, "not a purchase"))
        assert await handle_event(event(one, "a", 1, 3), one.parts(), decode=decode) == DONE
        assert [parked.sequence for parked in await one.projection.parked(1)] == ["3"]
        assert one.rows() == one.expected()


async def test_a_childs_first_records_say_that_its_parents_are_over() -> None:
    async with world() as one:
        family(one)
        for shard_id, count in (("a", 10), ("b", 5), ("c", 3), ("d", 4)):
            assert await handle_event(event(one, shard_id, 1, count), one.parts(), decode=decode) == DONE
        assert {name: one.shard(name).finished for name in "abcd"} == dict(zip("abcd", (1, 1, 0, 0), strict=True))
        assert (one.shard("d").source, one.shard("d").depth) == (one.shard("a").source, 2)
        assert one.rows() == one.expected()


async def test_a_shard_the_stream_does_not_show_yet_comes_again() -> None:
    async with world() as one:
        one.add("a", bought(1))
        one.stream.hidden.append({"a"})
        assert await handle_event(event(one, "a", 1, 1), one.parts(), decode=decode) == failed("1")
        assert await handle_event(event(one, "a", 1, 1), one.parts(), decode=decode) == DONE


async def test_beside_a_poller_everything_is_counted_once() -> None:
    async with world() as one:
        one.add("a", bought(20))
        async with one.polling():
            for first in range(1, 20, 3):
                await handle_event(event(one, "a", first, first + 2), one.parts(), decode=decode)
            await one.until(one.is_counted)
        assert one.rows() == one.expected()


async def test_a_poller_goes_on_where_lambda_left_off() -> None:
    async with world() as one:
        one.add("a", bought(10))
        await handle_event(event(one, "a", 1, 6), one.parts(), decode=decode)
        one.stream.trim("a", 4)
        one.clock.moment += timedelta(seconds=11)
        async with one.polling():
            await one.until(one.is_counted)
        assert one.rows() == one.expected()
        assert one.shard("a").gap is None


async def test_a_parents_gap_is_its_childs() -> None:
    async with world() as one:
        family(one)
        await handle_event(event(one, "a", 1, 10), one.parts(), decode=decode)
        one.projection.shards[1, "a"] = replace(one.shard("a"), gap="lost")
        await handle_event(event(one, "b", 1, 5), one.parts(), decode=decode)
        assert one.shard("b").gap == "lost"


async def promoted(one: World, **changes: Any) -> Generation:
    """Another generation, made when less had come: its progress is nobody's."""
    following = replace(one.generation, number=2)
    for shard in await one.projection.progress(1):
        position = changes.get(shard.shard_id, shard.position)
        await one.projection.register(
            2, replace(shard, position=position, finished=False, watermark="", owner=None, owned_until="")
        )
    one.projection.current = following
    return following


async def test_what_was_counted_for_the_generation_before_is_read_again_for_the_next() -> None:
    async with world() as one:
        one.add("a", bought(12))
        await handle_event(event(one, "a", 1, 6), one.parts(), decode=decode)
        await promoted(one, a="2")
        reads: list[str] = []
        for first, last in ((7, 9), (10, 12)):
            assert await handle_event(event(one, "a", first, last), one.parts(reads.append), decode=decode) == DONE
        figures = [record.figures for record in one.stream.scripted["a"].records[2:]]
        assert without_marks(one.views.of(2)) == plain_fold(x for x in figures if x is not None)
        assert reads.count("open") == 1, "once Lambda has counted for it, nothing lies between"


async def test_and_so_are_the_parents_of_a_shard() -> None:
    async with world() as one:
        one.add("a", bought(4))
        one.add("b", bought(3, "b"), parent="a")
        one.stream.close("a")
        await handle_event(event(one, "a", 1, 4), one.parts(), decode=decode)
        await handle_event(event(one, "b", 1, 1), one.parts(), decode=decode)
        await promoted(one, a="1", b=None)
        assert await handle_event(event(one, "b", 2, 3), one.parts(), decode=decode) == DONE
        records = [*one.stream.scripted["a"].records[1:], *one.stream.scripted["b"].records]
        assert without_marks(one.views.of(2)) == plain_fold(x.figures for x in records if x.figures is not None)
        assert one.projection.shards[2, "a"].finished


async def test_what_lies_between_and_is_gone_is_a_gap() -> None:
    async with world() as one:
        one.add("a", bought(9))
        await handle_event(event(one, "a", 1, 6), one.parts(), decode=decode)
        await promoted(one, a="2")
        one.stream.trim("a", 5)
        await handle_event(event(one, "a", 7, 9), one.parts(), decode=decode)
        assert one.projection.shards[2, "a"].gap


async def test_while_what_lies_between_cannot_be_read_all_comes_again() -> None:
    async with world() as one:
        one.add("a", bought(9))
        await handle_event(event(one, "a", 1, 6), one.parts(), decode=decode)
        await promoted(one, a="2")

        def down(name: str) -> None:
            if name == "read":
                raise StoreUnavailable("injected")

        assert await handle_event(event(one, "a", 7, 9), one.parts(down), decode=decode) == failed("7")
        assert one.views.of(2) == {}
