"""Reading several shards at once and merging what they give, without losing what was read but not returned.

The merged order is date descending, then shard, then the index's own order within the shard. So the key of the last
returned item says everything about where to go on: shards before its own have given all of its date, its own resumes
after it, later shards have given none of its date. A cursor stays short and is good for any number of shards.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from heapq import heapify, heapreplace
from typing import Any

from app.domain.periods import DateRange
from app.store.indexes import ItemKey
from app.store.purchase_lines import LineRow
from app.store.wire import Item

Fetch = Callable[["ShardReader", int], Awaitable[tuple[Sequence[LineRow], Item | None]]]


@dataclass(slots=True)
class ShardReader:
    """One shard's rows, read a few at a time. `start_key` is where its next read begins."""

    shard: int
    dates: DateRange
    start_key: Item | None = None
    rows: deque[LineRow] = field(default_factory=deque)
    exhausted: bool = False

    async def fill(self, fetch: Fetch, limit: int) -> None:
        """Reads until there is a row or the shard is at its end: an empty page alone is not the end."""
        while not self.rows and not self.exhausted:
            rows, self.start_key = await fetch(self, limit)
            self.rows.extend(rows)
            self.exhausted = self.start_key is None


async def merge(readers: Iterable[ShardReader], fetch: Fetch, count: int) -> list[tuple[int, LineRow]]:
    """The first `count` rows over all shards with their shard, fewer only at the end."""
    alive = list(readers)
    merged: list[tuple[int, LineRow]] = []
    portion = count // max(len(alive), 1) + 2
    while len(merged) < count:
        await gather_all([reader.fill(fetch, portion) for reader in alive if not reader.rows])
        alive = [reader for reader in alive if reader.rows]
        if not alive:
            break
        _take(alive, merged, count)
        portion = count - len(merged) + 1
    return merged


def _take(readers: Sequence[ShardReader], merged: list[tuple[int, LineRow]], count: int) -> None:
    """Moves rows over while every shard's next row is known."""
    heads = [(*_place(reader), reader) for reader in readers]
    heapify(heads)
    while len(merged) < count:
        _, shard, newest = heads[0]
        merged.append((shard, newest.rows.popleft()))
        if not newest.rows:
            return
        heapreplace(heads, (*_place(newest), newest))


def _place(reader: ShardReader) -> tuple[int, int]:
    """Of its next row in the merged order."""
    return (-date.fromisoformat(reader.rows[0].transactionDate.S).toordinal(), reader.shard)


def resume_dates(shard: int, dates: DateRange, last_shard: int, last_item: ItemKey) -> DateRange | None:
    """What is left of the range in a shard after the last returned item; None when nothing is."""
    day = date.fromisoformat(last_item.day)
    if shard >= last_shard:
        return DateRange(dates.first, day)
    if day == date.min or (dates.first is not None and day <= dates.first):
        return None
    return DateRange(dates.first, day - timedelta(days=1))


async def gather_all(reads: Sequence[Coroutine[Any, Any, None]]) -> None:
    """All of them at once; the first failure cancels the rest and is raised as it is."""
    if not reads:
        return
    own, *others = reads
    if not others:
        await own
        return
    try:
        async with asyncio.TaskGroup() as group:
            for read in others:
                group.create_task(read)
            await own  # the task that is there already does its part
    except BaseExceptionGroup as failures:
        raise _first(failures) from failures


def _first(failures: BaseExceptionGroup[BaseException]) -> BaseException:
    failure = failures.exceptions[0]
    return _first(failure) if isinstance(failure, BaseExceptionGroup) else failure
