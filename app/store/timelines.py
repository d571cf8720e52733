"""The Timelines port on DynamoDB: every shard of an index key queried in parallel."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import msgspec

from app.domain.periods import DateRange
from app.domain.totals import Figures
from app.ports.pages import Page, Position
from app.ports.timelines import Subject, Timeline
from app.store.database import Database
from app.store.hedging import NEVER, Hedging
from app.store.indexes import ItemKey, ShardedIndex
from app.store.purchase_codec import FIGURES_PROJECTION, FiguresRow, figures_of, is_alive
from app.store.purchase_lines import LINES, LineRow, alive, line_of
from app.store.shard_merge import ShardReader, gather_all, merge, resume_dates
from app.store.wire import Item, QueryAnswer

_FIGURES = msgspec.json.Decoder(QueryAnswer[FiguresRow])


@dataclass(frozen=True, slots=True)
class DynamoTimelines:
    """See the port. `slots` bounds the shard queries under way in the whole process."""

    database: Database
    indexes: dict[Subject, ShardedIndex]
    slots: asyncio.Semaphore
    epoch_seconds: Callable[[], int]
    hedging: Hedging = NEVER

    async def page(self, timeline: Timeline, dates: DateRange, *, limit: int, after: Position | None) -> Page:
        """One Query for each shard, and more where one shard has most of the page."""
        index = self.indexes[timeline.subject]

        async def fetch(reader: ShardReader, count: int) -> tuple[Sequence[LineRow], Item | None]:
            request: dict[str, Any] = index.request(timeline.key, reader.shard, reader.dates) | {"Limit": count}
            if reader.start_key is not None:
                request["ExclusiveStartKey"] = reader.start_key
            async with self.slots:
                answer = await self.hedging.answer_of(partial(self.database.query, LINES, **request))
            return alive(answer.Items, self.epoch_seconds()), answer.LastEvaluatedKey

        rows = await merge(_readers(index, timeline.key, dates, after), fetch, limit + 1)
        return Page(
            lines=[line_of(row) for _, row in rows[:limit]],
            next_position=_position(*rows[limit - 1]) if len(rows) > limit else None,
        )

    async def fold(self, timeline: Timeline, dates: DateRange, consume: Callable[[Sequence[Figures]], None]) -> None:
        """Every page of every shard; `consume` runs in this task's loop, one piece at a time."""
        index = self.indexes[timeline.subject]

        async def read(shard: int) -> None:
            request = index.request(timeline.key, shard, dates) | {"ProjectionExpression": FIGURES_PROJECTION}
            while True:
                async with self.slots:
                    answer = await self.hedging.answer_of(partial(self.database.query, _FIGURES, **request))
                now = self.epoch_seconds()
                consume([figures_of(row) for row in answer.Items if is_alive(row, now)])
                if answer.LastEvaluatedKey is None:
                    return
                request["ExclusiveStartKey"] = answer.LastEvaluatedKey

        await gather_all([read(shard) for shard in range(index.shards.of_key(timeline.key))])


def _readers(index: ShardedIndex, key: str, dates: DateRange, after: Position | None) -> list[ShardReader]:
    shards = range(index.shards.of_key(key))
    if after is None:
        return [ShardReader(shard, dates) for shard in shards]
    last_shard = int(after[0])
    last_item = ItemKey(day=after[1], user_id=after[2], transaction_id=after[3])
    readers = []
    for shard in shards:
        left = resume_dates(shard, dates, last_shard, last_item)
        if left is not None:
            start = index.start_after(key, shard, last_item) if shard == last_shard else None
            readers.append(ShardReader(shard, left, start))
    return readers


def _position(shard: int, row: LineRow) -> Position:
    item = ItemKey.of(row)
    return (str(shard), item.day, item.user_id, item.transaction_id)
