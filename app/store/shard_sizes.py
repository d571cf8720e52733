"""The ShardSizes port on DynamoDB: every shard counted by a Query that gives no items."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from app.domain.periods import DateRange
from app.ports.timelines import Subject, Timeline
from app.store.database import Database
from app.store.indexes import ShardedIndex
from app.store.shard_merge import gather_all
from app.store.wire import Answer


class _CountAnswer(Answer, kw_only=True):
    Count: int
    LastEvaluatedKey: dict[str, dict[str, str]] | None = None


_COUNT = msgspec.json.Decoder(_CountAnswer)


@dataclass(frozen=True, slots=True)
class DynamoShardSizes:
    """See the port. `slots` bounds the queries under way."""

    database: Database
    indexes: Mapping[Subject, ShardedIndex]
    slots: asyncio.Semaphore

    def shards(self, timeline: Timeline) -> int:
        """From the settings."""
        return self.indexes[timeline.subject].shards.of_key(timeline.key)

    async def sizes(self, timeline: Timeline, dates: DateRange) -> Sequence[int]:
        """One Query for each shard, and more where it has more than a page of 1 MB."""
        index = self.indexes[timeline.subject]
        counts = [0] * self.shards(timeline)

        async def count(shard: int) -> None:
            request = index.request(timeline.key, shard, dates) | {"Select": "COUNT"}
            while True:
                async with self.slots:
                    answer = await self.database.query(_COUNT, **request)
                counts[shard] += answer.Count
                if answer.LastEvaluatedKey is None:
                    return
                request["ExclusiveStartKey"] = answer.LastEvaluatedKey

        await gather_all([count(shard) for shard in range(len(counts))])
        return counts
