"""The Due port on DynamoDB: DueIndex, a month and shard at a time, and an item for each day that was noted."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from app.domain.ledger import Account
from app.ports.due import DuePart
from app.store import keys
from app.store.database import Database, Put
from app.store.wire import QueryAnswer, Text, key, text


class _DueRow(msgspec.Struct):
    dueSK: Text


class _DoneRow(msgspec.Struct):
    SK: Text


_DUE = msgspec.json.Decoder(QueryAnswer[_DueRow])
_DONE = msgspec.json.Decoder(QueryAnswer[_DoneRow])


@dataclass(frozen=True, slots=True)
class DynamoDue:
    """See the port. What is done is noted under the number of shards: with more shards nothing is known to be done, so
    that what instances with the new number wrote, while an old one was going over the due days, is not left out."""

    database: Database
    shards: int
    page: int = 1000

    async def accounts(self, part: DuePart) -> AsyncIterator[Sequence[Account]]:
        """One Query for each `page` keys."""
        first, last = keys.due_range(part.first, part.last)
        request: dict[str, Any] = {
            "IndexName": keys.DUE_INDEX,
            "KeyConditionExpression": "duePK = :pk AND dueSK BETWEEN :first AND :last",
            "ExpressionAttributeValues": {
                ":pk": text(keys.due_pk(part.first.isoformat()[:7], part.shard)),
                ":first": text(first),
                ":last": text(last),
            },
            "Limit": self.page,
        }
        while True:
            answer = await self.database.query(_DUE, **request)
            yield list(dict.fromkeys(keys.account_of_due_sk(row.dueSK.S) for row in answer.Items))
            if answer.LastEvaluatedKey is None:
                return
            request["ExclusiveStartKey"] = answer.LastEvaluatedKey

    async def done_through(self) -> date | None:
        """One Query of one item."""
        answer = await self.database.query(
            _DONE,
            KeyConditionExpression="PK = :pk AND begins_with(SK, :done)",
            ExpressionAttributeValues={
                ":pk": text(keys.expiry_pk(self.shards)),
                ":done": text(keys.DONE_PREFIX),
            },
            ScanIndexForward=False,
            Limit=1,
            ConsistentRead=True,
        )
        return date.fromisoformat(answer.Items[0].SK.S.removeprefix(keys.DONE_PREFIX)) if answer.Items else None

    async def note_done(self, day: date) -> None:
        """One PutItem, if it is new."""
        await self.database.put_if(Put(key(keys.expiry_pk(self.shards), keys.done_sk(day))))
