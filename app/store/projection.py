"""The Projection port on DynamoDB: a few small items in the views table, each put under a condition."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import msgspec

from app.ports.errors import StoreUnavailable
from app.ports.projection import Parked, Progress, State
from app.ports.views import Generation
from app.retrying import Backoff
from app.store.batches import delete_request, write_many
from app.store.database import IS_NEW, Condition, Database, Put
from app.store.projection_codec import (
    GenerationRow,
    ParkedRow,
    ProgressRow,
    generation_item,
    generation_of,
    parked_item,
    parked_of,
    progress_item,
    progress_of,
)
from app.store.view_keys import CONTROL_PK, CURRENT_SK, control_pk, line_sk, number_sk, shard_sk
from app.store.wire import GetAnswer, Item, QueryAnswer, key, number, text

_CURRENT = msgspec.json.Decoder(GetAnswer[GenerationRow])
_ONE_PROGRESS = msgspec.json.Decoder(GetAnswer[ProgressRow])
_PROGRESS = msgspec.json.Decoder(QueryAnswer[ProgressRow])
_PARKED = msgspec.json.Decoder(QueryAnswer[ParkedRow])
_PLACE = msgspec.json.Decoder(GetAnswer[Item])
_ITEMS = msgspec.json.Decoder(QueryAnswer[Item])
_NUMBER_ATTEMPTS = 20
# Every field that a shard's owner changes.
_LEASED = ("owner", "ownedUntil", "position", "watermark", "finished", "gap")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class DynamoProjection:
    """See the port."""

    database: Database
    slots: asyncio.Semaphore
    backoff: Backoff

    async def state(self) -> State:
        """A GetItem, and a Query where there is a generation."""
        answer = await self.database.get_item(_CURRENT, Key=key(CONTROL_PK, CURRENT_SK))
        if answer.Item is None:
            return State(None, ())
        generation = generation_of(answer.Item)
        return State(generation, await self.progress(generation.number))

    async def progress(self, number: int) -> Sequence[Progress]:
        """One Query."""
        return [progress_of(row) for row in await self._all(_PROGRESS, control_pk(number), "SHARD#")]

    async def register(self, number: int, progress: Progress) -> bool:
        """Two PutItems: the place in the line, and whoever has that can put the progress."""
        place = key(control_pk(number), line_sk(progress.source, progress.depth))
        if not await self.database.put_if(Put({**place, "shardId": text(progress.shard_id)})):
            taken = await self.database.get_item(_PLACE, Key=place)
            if taken.Item is None or taken.Item["shardId"] != text(progress.shard_id):
                return False
        return await self.database.put_if(Put(progress_item(number, progress)))

    async def claim(self, number: int, shard_id: str, owner: str, *, now: str, until: str) -> Progress | None:
        """A GetItem, and a PutItem under the condition that nothing has moved since."""
        answer = await self.database.get_item(_ONE_PROGRESS, Key=key(control_pk(number), shard_sk(shard_id)))
        if answer.Item is None:
            return None
        found = progress_of(answer.Item)
        if found.owner not in (None, owner) and found.owned_until > now:
            return None
        claimed = replace(found, owner=owner, owned_until=until)
        unchanged = _unchanged(progress_item(number, found))
        return claimed if await self.database.put_if(Put(progress_item(number, claimed), unchanged)) else None

    async def advance(self, number: int, progress: Progress) -> bool:
        """One PutItem."""
        mine = Condition("#owner = :owner", {":owner": text(progress.owner or "")}, {"#owner": "owner"})
        return await self.database.put_if(Put(progress_item(number, progress), mine))

    async def release(self, number: int, shard_id: str, owner: str) -> None:
        """A GetItem, and a PutItem where it is ours. Where that fails, somebody else has it, or it runs out."""
        answer = await self.database.get_item(_ONE_PROGRESS, Key=key(control_pk(number), shard_sk(shard_id)))
        if answer.Item is None or owner != answer.Item.owner.S:
            return
        found = progress_of(answer.Item)
        freed = replace(found, owner=None, owned_until="")
        await self.database.put_if(Put(progress_item(number, freed), _unchanged(progress_item(number, found))))

    async def drop(self, number: int, shard_id: str) -> None:
        """A delete."""
        gone = delete_request(key(control_pk(number), shard_sk(shard_id)))
        await write_many(self.database, [gone], slots=self.slots, backoff=self.backoff)

    async def park(self, number: int, parked: Parked) -> None:
        """One PutItem."""
        await self.database.put_item(parked_item(number, parked))

    async def parked(self, number: int) -> Sequence[Parked]:
        """One Query."""
        return [parked_of(row) for row in await self._all(_PARKED, control_pk(number), "PARKED#")]

    async def next_number(self) -> int:
        """A Query for the last number, and a PutItem that only one caller can win."""
        for attempt in range(_NUMBER_ATTEMPTS):
            given = await self._all(_ITEMS, CONTROL_PK, "NUMBER#")
            following = 1 + max((int(item["generation"]["N"]) for item in given), default=0)
            item = {"PK": text(CONTROL_PK), "SK": text(number_sk(following)), "generation": number(following)}
            if await self.database.put_if(Put(item, IS_NEW)):
                return following
            await self.backoff.wait(attempt)
        raise StoreUnavailable("too many generations are being numbered at once")

    async def promote(self, generation: Generation, *, instead_of: int | None) -> bool:
        """One PutItem; read back where it fails, because it may have been our own that a lost answer hid."""
        expected = (
            IS_NEW
            if instead_of is None
            else Condition("#generation = :old", {":old": number(instead_of)}, {"#generation": "generation"})
        )
        if await self.database.put_if(Put(generation_item(generation), expected)):
            return True
        answer = await self.database.get_item(_CURRENT, Key=key(CONTROL_PK, CURRENT_SK))
        return answer.Item is not None and int(answer.Item.generation.N) == generation.number

    async def forget(self, number: int) -> None:
        """A Query and deletes."""
        items = await self._all(_ITEMS, control_pk(number), "")
        requests = [delete_request(key(item["PK"]["S"], item["SK"]["S"])) for item in items]
        await write_many(self.database, requests, slots=self.slots, backoff=self.backoff)

    async def _all(self, decoder: msgspec.json.Decoder[QueryAnswer[R]], pk: str, prefix: str) -> list[R]:
        values = {":pk": text(pk)}
        condition = "PK = :pk"
        if prefix:
            condition += " AND begins_with(SK, :prefix)"
            values[":prefix"] = text(prefix)
        request: dict[str, Any] = {
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": values,
            "ConsistentRead": True,
        }
        rows: list[R] = []
        while True:
            answer = await self.database.query(decoder, **request)
            rows += answer.Items
            if answer.LastEvaluatedKey is None:
                return rows
            request["ExclusiveStartKey"] = answer.LastEvaluatedKey


def _unchanged(item: Item) -> Condition:
    expression = " AND ".join(f"#{name} = :{name}" for name in _LEASED)
    values = {f":{name}": item[name] for name in _LEASED}
    return Condition(expression, values, {f"#{name}": name for name in _LEASED})
