"""Merging shards: pages of any size, over any number of shards, add up to the sorted whole."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.periods import DateRange
from app.store.indexes import ItemKey
from app.store.purchase_codec import date_bounds
from app.store.purchase_lines import LineRow
from app.store.shard_merge import ShardReader, gather_all, merge, resume_dates
from app.store.wire import Item
from tests.purchases import purchase
from tests.store.rows import line_row

EVERYTHING = DateRange()


def row(day: int, transaction_id: str) -> LineRow:
    return line_row(purchase(transaction_id=transaction_id, transaction_date=date(2023, 5, day)))


@dataclass
class Shards:
    """Shards in memory, each newest first. `most` rows are given at once, and every `hole`-th answer is empty."""

    rows: list[list[LineRow]]
    most: int = 1000
    hole: int = 0
    asked: list[tuple[int, int]] = field(default_factory=list)

    async def fetch(self, reader: ShardReader, limit: int) -> tuple[Sequence[LineRow], Item | None]:
        self.asked.append((reader.shard, limit))
        await asyncio.sleep(0)
        low, high = date_bounds(reader.dates)
        inside = [one for one in self.rows[reader.shard] if low <= one.transactionDate.S <= high]
        start = 0
        if reader.start_key is not None:
            last = reader.start_key["transactionId"]
            start = [one.transactionId.S for one in inside].index(last) + 1 if last else 0
        if self.hole and len(self.asked) % self.hole == 0:
            return [], reader.start_key or {"transactionId": ""}
        found = inside[start : start + min(limit, self.most)]
        rest = start + len(found) < len(inside)
        return found, {"transactionId": found[-1].transactionId.S} if rest else None

    def whole(self) -> list[tuple[int, LineRow]]:
        """Date descending, then shard, then the shard's own order."""
        return sorted(
            [(shard, one) for shard, rows in enumerate(self.rows) for one in rows],
            key=lambda placed: (-date.fromisoformat(placed[1].transactionDate.S).toordinal(), placed[0]),
        )

    async def page(self, count: int, after: tuple[int, LineRow] | None, dates: DateRange) -> list[tuple[int, LineRow]]:
        readers = [ShardReader(shard, dates) for shard in range(len(self.rows))]
        if after is not None:
            readers = []
            for shard in range(len(self.rows)):
                left = resume_dates(shard, dates, after[0], ItemKey.of(after[1]))
                if left is not None:
                    start: Item | None = {"transactionId": after[1].transactionId.S} if shard == after[0] else None
                    readers.append(ShardReader(shard, left, start))
        return await merge(readers, self.fetch, count)


@st.composite
def shards(draw: st.DrawFn) -> Shards:
    placed = draw(st.lists(st.lists(st.integers(1, 5), max_size=8), min_size=1, max_size=5))
    rows = [
        [row(day, f"t{shard}-{place}") for place, day in enumerate(sorted(days, reverse=True))]
        for shard, days in enumerate(placed)
    ]
    return Shards(rows, most=draw(st.integers(1, 4)), hole=draw(st.sampled_from([0, 2, 3])))


@settings(max_examples=120)
@given(shards(), st.integers(1, 12))
async def test_pages_of_every_size_are_the_sorted_whole(many: Shards, size: int) -> None:
    walked: list[tuple[int, LineRow]] = []
    for _ in range(50):
        page = await many.page(size, walked[-1] if walked else None, EVERYTHING)
        walked += page
        if len(page) < size:
            break
    assert walked == many.whole()


@settings(max_examples=80)
@given(shards(), st.integers(1, 5), st.integers(1, 5))
async def test_a_range_is_kept_while_walking(many: Shards, first: int, last: int) -> None:
    dates = DateRange(date(2023, 5, first), date(2023, 5, last))
    walked: list[tuple[int, LineRow]] = []
    for _ in range(50):
        page = await many.page(3, walked[-1] if walked else None, dates)
        walked += page
        if len(page) < 3:
            break
    assert walked == [one for one in many.whole() if first <= int(one[1].transactionDate.S[-2:]) <= last]


@settings(max_examples=60)
@given(shards(), st.integers(1, 6), st.integers(1, 5), st.integers(0, 4))
async def test_what_is_added_while_walking_loses_and_repeats_nothing(
    many: Shards, size: int, day: int, place: int
) -> None:
    before = many.whole()
    walked = await many.page(size, None, EVERYTHING)
    added = row(day, "added")
    shard = many.rows[place % len(many.rows)]
    shard.append(added)
    # Behind the others of its day, as an index whose order within a day is not known may put it.
    shard.sort(key=lambda one: one.transactionDate.S, reverse=True)
    for _ in range(50):
        page = await many.page(size, walked[-1], EVERYTHING) if walked else []
        walked += page
        if len(page) < size:
            break
    seen = [placed for placed in walked if placed[1] != added]
    assert seen == before[: len(seen)]
    assert len(seen) == len(before)
    assert len(walked) - len(seen) <= 1


async def test_every_shard_is_asked_once_where_they_are_even() -> None:
    many = Shards([[row(5, f"{shard}-{place}") for place in range(10)] for shard in range(16)])
    assert len(await merge([ShardReader(n, EVERYTHING) for n in range(16)], many.fetch, 16)) == 16
    assert sorted(shard for shard, _ in many.asked[:16]) == list(range(16))


async def test_without_shards_there_is_nothing() -> None:
    assert await merge([], Shards([]).fetch, 5) == []


@pytest.mark.parametrize(
    ("shard", "first", "expected"),
    [
        (0, None, (None, 9)),  # before its shard: all of the day was given
        (0, 9, (9, 9)),
        (0, 10, None),
        (0, 11, None),
        (1, None, (None, 10)),
        (2, 10, (10, 10)),
    ],
)
def test_what_is_left_of_a_shard(shard: int, first: int | None, expected: tuple[int | None, int] | None) -> None:
    def day(number: int | None) -> date | None:
        return date(2023, 5, number) if number else None

    left = resume_dates(shard, DateRange(day(first), None), 1, ItemKey("2023-05-10", "u", "t"))
    assert left == (DateRange(day(expected[0]), day(expected[1])) if expected else None)


def test_before_the_first_of_all_days_nothing_is_left() -> None:
    assert resume_dates(0, EVERYTHING, 1, ItemKey("0001-01-01", "u", "t")) is None


async def test_the_first_failure_is_raised_as_it_is_and_ends_the_others() -> None:
    ended: list[str] = []

    async def fail() -> None:
        await asyncio.sleep(0)
        raise LookupError("shard 1")

    async def wait() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("cancelled")

    with pytest.raises(LookupError, match="shard 1"):
        await gather_all([wait(), fail(), wait()])
    assert ended == ["cancelled", "cancelled"]


@pytest.mark.parametrize("failing", [0, 1, 2])
async def test_whichever_fails_it_is_raised_as_it_is(failing: int) -> None:
    ended: list[int] = []

    async def read(number: int) -> None:
        if number == failing:
            raise LookupError(f"shard {number}")
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(number)

    with pytest.raises(LookupError, match=f"shard {failing}"):
        await gather_all([read(number) for number in range(3)])
    # One that had not begun has nothing to end.
    assert set(ended) <= {0, 1, 2} - {failing}


async def test_none_and_one_need_no_company() -> None:
    done: list[int] = []

    async def read() -> None:
        done.append(1)

    async def fail() -> None:
        raise LookupError("alone")

    await gather_all([])
    await gather_all([read()])
    with pytest.raises(LookupError, match="alone"):
        await gather_all([fail()])
    assert done == [1]


async def test_who_is_cancelled_meanwhile_cancels_all() -> None:
    ended: list[int] = []

    async def read(number: int) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(number)

    waiting = asyncio.create_task(gather_all([read(number) for number in range(3)]))
    for _ in range(3):
        await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert sorted(ended) == [0, 1, 2]


async def test_one_failing_shard_fails_the_page() -> None:
    many = Shards([[row(5, "a")], [row(5, "b")]])

    async def fetch(reader: ShardReader, limit: int) -> tuple[Sequence[LineRow], Item | None]:
        if reader.shard == 1:
            raise LookupError("shard 1")
        return await many.fetch(reader, limit)

    with pytest.raises(LookupError, match="shard 1"):
        await merge([ShardReader(0, EVERYTHING), ShardReader(1, EVERYTHING)], fetch, 5)
