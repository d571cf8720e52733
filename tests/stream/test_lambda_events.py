from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.domain.periods import utc_text
from app.ports.errors import StoreUnavailable
from app.ports.streams import StreamRecord
from app.stream.lambda_events import ShardNotNamed, handle_event
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
