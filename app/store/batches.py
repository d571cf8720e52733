"""Many items in one call, and again for those that DynamoDB did not get to: only an empty remainder is the end."""

import asyncio
from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec

from app.ports.errors import StoreUnavailable
from app.retrying import Backoff
from app.store.database import Database
from app.store.limits import check_item
from app.store.shard_merge import gather_all
from app.store.wire import BatchGetAnswer, BatchWriteAnswer, Item

GET_KEYS = 100
WRITE_ITEMS = 25
_WRITTEN = msgspec.json.Decoder(BatchWriteAnswer)
R = TypeVar("R")


async def get_many(
    database: Database,
    decoder: msgspec.json.Decoder[BatchGetAnswer[R]],
    keys: Sequence[Item],
    *,
    slots: asyncio.Semaphore,
    backoff: Backoff,
    consistent: bool,
) -> list[R]:
    """Those of the items that are there, in no order. No key twice. Raises StoreUnavailable."""
    found: list[R] = []

    async def read(portion: Sequence[Item]) -> None:
        left: dict[str, Any] = {database.table: {"Keys": list(portion), "ConsistentRead": consistent}}
        for attempt in range(backoff.attempts):
            async with slots:
                answer = await database.batch_get(decoder, {"RequestItems": left, "ReturnConsumedCapacity": "TOTAL"})
            found.extend(answer.Responses.get(database.table, []))
            left = answer.UnprocessedKeys
            if not left:
                return
            await backoff.wait(attempt)
        raise StoreUnavailable(f"{len(left[database.table]['Keys'])} keys were left unread")

    await gather_all([read(keys[start : start + GET_KEYS]) for start in range(0, len(keys), GET_KEYS)])
    return found


async def write_many(
    database: Database, requests: Sequence[Item], *, slots: asyncio.Semaphore, backoff: Backoff
) -> None:
    """Puts and deletes, whatever is there: `put_request` and `delete_request` make them. No key twice.

    Raises StoreUnavailable, naming how many were left.
    """

    async def write(portion: Sequence[Item]) -> None:
        left: dict[str, Any] = {database.table: list(portion)}
        for attempt in range(backoff.attempts):
            async with slots:
                answer = await database.batch_write(_WRITTEN, {"RequestItems": left, "ReturnConsumedCapacity": "TOTAL"})
            left = answer.UnprocessedItems
            if not left:
                return
            await backoff.wait(attempt)
        raise StoreUnavailable(f"{len(left[database.table])} items were left unwritten")

    await gather_all([write(requests[start : start + WRITE_ITEMS]) for start in range(0, len(requests), WRITE_ITEMS)])


def put_request(item: Item) -> Item:
    """Raises StoreRefused for an item that DynamoDB would refuse."""
    check_item(item)
    return {"PutRequest": {"Item": item}}


def delete_request(item_key: Item) -> Item:
    """Deletes the item with this key, if there is one."""
    return {"DeleteRequest": {"Key": item_key}}
