"""The ViewScan port on DynamoDB: rows as they lie there, how they have to, and clearing away whole generations."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from app.domain.view_rows import ViewRow
from app.ports.scans import StoredView
from app.ports.views import Generation, ViewId
from app.retrying import Backoff
from app.store.batches import delete_request, get_many, write_many
from app.store.database import Database
from app.store.scans import KeyRow, scanned
from app.store.shard_merge import gather_all
from app.store.view_codec import MARKS, view_item
from app.store.view_keys import control_pk, view_key
from app.store.wire import BatchGetAnswer, Item, QueryAnswer, key, text

_ITEMS = msgspec.json.Decoder(QueryAnswer[Item])
_KEYS = msgspec.json.Decoder(QueryAnswer[KeyRow])
_READ = msgspec.json.Decoder(BatchGetAnswer[Item])
_KEY_ATTRIBUTES = ("PK", "SK")
# Between the two halves of a key: no id, date or name can hold a control character.
_BETWEEN = "\x1f"


@dataclass(frozen=True, slots=True)
class DynamoViewScan:
    """See the port. `slots` bounds the calls of reads and deletes under way."""

    database: Database
    segments: int
    slots: asyncio.Semaphore
    backoff: Backoff

    def key(self, generation: Generation, view_id: ViewId) -> str:
        """Both halves of the item's key."""
        return _BETWEEN.join(view_key(generation, view_id))

    def expected(self, generation: Generation, view_id: ViewId, row: ViewRow) -> StoredView:
        """By the code that stores it."""
        return _stored(view_item(generation, view_id, row))

    async def rows(self, generation: Generation, segment: int) -> AsyncIterator[Sequence[StoredView]]:
        """A filtered scan: it reads the other generations too."""
        pages = scanned(
            self.database,
            _ITEMS,
            segment,
            self.segments,
            FilterExpression="begins_with(PK, :generation) AND PK <> :control",
            ExpressionAttributeValues={
                ":generation": text(f"{generation.number}#"),
                ":control": text(control_pk(generation.number)),
            },
        )
        async for page in pages:
            yield [_stored(item) for item in page]

    async def read(self, keys: Collection[str]) -> Mapping[str, StoredView]:
        """BatchGetItem."""
        wanted = [key(*one.split(_BETWEEN, 1)) for one in keys]
        items = await get_many(self.database, _READ, wanted, slots=self.slots, backoff=self.backoff, consistent=True)
        return {stored.key: stored for stored in map(_stored, items)}

    async def sweep(self, is_doomed: Callable[[int], bool]) -> int:
        """A scan of all keys, and deletes."""
        counts = [0] * self.segments
        await gather_all([self._sweep(segment, is_doomed, counts) for segment in range(self.segments)])
        return sum(counts)

    async def _sweep(self, segment: int, is_doomed: Callable[[int], bool], counts: list[int]) -> None:
        async for page in scanned(self.database, _KEYS, segment, self.segments, ProjectionExpression="PK, SK"):
            doomed = [
                delete_request(key(row.PK.S, row.SK.S))
                for row in page
                if (number := _number(row.PK.S)) is not None and is_doomed(number)
            ]
            await write_many(self.database, doomed, slots=self.slots, backoff=self.backoff)
            counts[segment] += len(doomed)


def _stored(item: Item) -> StoredView:
    content = {
        name: part
        for attribute, value in item.items()
        if attribute not in (*_KEY_ATTRIBUTES, MARKS)
        for name, part in _texts(attribute, value)
    }
    key_text = _BETWEEN.join(item[name]["S"] for name in _KEY_ATTRIBUTES)
    return StoredView(key_text, content, msgspec.json.encode(item.get(MARKS), order="sorted").decode())


def _texts(attribute: str, value: Mapping[str, Any]) -> list[tuple[str, str]]:
    """A breakdown has one text for each part, so that a difference names the part."""
    if "M" in value:
        return [(f"{attribute}.{part}", _text(member)) for part, member in value["M"].items()]
    return [(attribute, _text(value))]


def _text(value: Mapping[str, Any]) -> str:
    ((kind, content),) = value.items()
    if kind == "L":
        return ", ".join(_text(member) for member in content)
    return "-" if kind == "NULL" else str(content)


def _number(pk: str) -> int | None:
    """The generation a partition belongs to; None for what belongs to no single one."""
    head = pk.partition("#")[0]
    return int(head) if head.isascii() and head.isdigit() else None
