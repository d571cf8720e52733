"""The Categories port on DynamoDB: one small item for each month and category."""

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from app.store import keys
from app.store.database import Database
from app.store.recently import Recently
from app.store.shard_merge import gather_all
from app.store.wire import QueryAnswer, Text, key, text


class _CategoryRow(msgspec.Struct):
    SK: Text


_CATEGORIES = msgspec.json.Decoder(QueryAnswer[_CategoryRow])


@dataclass(frozen=True, slots=True)
class DynamoCategories:
    """See the port. `known` spares the write for what this process registered before."""

    database: Database
    known: Recently

    async def register(self, month: str, category: str) -> None:
        """One PutItem the first time, nothing afterwards. The item is the same whoever puts it."""
        if (month, category) in self.known:
            return
        await self.database.put_item(key(keys.categories_pk(month), category))
        self.known.add((month, category))

    async def names(self, months: Iterable[str]) -> frozenset[str]:
        """One Query for each month."""
        names: set[str] = set()

        async def read(month: str) -> None:
            request = {
                "KeyConditionExpression": "PK = :pk",
                "ExpressionAttributeValues": {":pk": text(keys.categories_pk(month))},
                "ConsistentRead": True,
            }
            while True:
                answer = await self.database.query(_CATEGORIES, **request)
                names.update(row.SK.S for row in answer.Items)
                if answer.LastEvaluatedKey is None:
                    return
                request["ExclusiveStartKey"] = answer.LastEvaluatedKey

        await gather_all([read(month) for month in months])
        return frozenset(names)
