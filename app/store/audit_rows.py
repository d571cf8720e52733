"""Reading an hour of the audit trail: all its shards at once, merged by sort key, in bounded memory."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from app.ports.audit import KeptRow, UnreadableRow
from app.store import keys
from app.store.audit_codec import RowRow, kept_of
from app.store.database import Database
from app.store.shard_merge import gather_all
from app.store.wire import Item, QueryAnswer, Text, text

_RAW = msgspec.json.Decoder(QueryAnswer[msgspec.Raw])
_ROW = msgspec.json.Decoder(RowRow)


class _Place(msgspec.Struct):
    PK: Text
    SK: Text


_PLACE = msgspec.json.Decoder(_Place)


@dataclass(frozen=True, slots=True)
class Placed:
    """A row and its sort key, which is its place in the order."""

    sk: str
    kept: KeptRow


@dataclass(frozen=True, slots=True)
class HourOfRows:
    """Rows of the hour with sort keys from `first` to `last`, both included; `portion` of each shard at a time, None
    for as much as fits into an answer."""

    hour: str
    first: str
    last: str
    forward: bool
    portion: int | None = None


@dataclass(slots=True)
class _Reader:
    shard: int
    start_key: Item | None = None
    rows: list[Placed] = field(default_factory=list)
    exhausted: bool = False


@dataclass(frozen=True, slots=True)
class ShardedTrail:
    """`shards` is the highest count that rows were ever spread over. `slots` bounds the queries under way."""

    database: Database
    shards: int
    slots: asyncio.Semaphore

    async def rows(self, wanted: HourOfRows) -> AsyncIterator[Sequence[Placed]]:
        """Pieces of the merged order; none is empty. Strongly consistent. Raises StoreUnavailable, UnreadableRow."""
        alive = [_Reader(shard) for shard in range(self.shards)]
        while True:
            await gather_all([self._fill(reader, wanted) for reader in alive if not reader.rows])
            alive = [reader for reader in alive if reader.rows]
            if not alive:
                return
            yield _known(alive, forward=wanted.forward)

    async def _fill(self, reader: _Reader, wanted: HourOfRows) -> None:
        """Reads until there is a row or the shard is at its end: an empty page alone is not the end."""
        request = self._request(reader.shard, wanted)
        while not reader.rows and not reader.exhausted:
            if reader.start_key is not None:
                request["ExclusiveStartKey"] = reader.start_key
            async with self.slots:
                answer = await self.database.query(_RAW, **request)
            reader.rows = [placed(item) for item in answer.Items]
            reader.start_key = answer.LastEvaluatedKey
            reader.exhausted = reader.start_key is None

    def _request(self, shard: int, wanted: HourOfRows) -> dict[str, Any]:
        request: dict[str, Any] = {
            "KeyConditionExpression": "PK = :pk AND SK BETWEEN :first AND :last",
            "ExpressionAttributeValues": {
                ":pk": text(keys.audit_pk(wanted.hour, shard)),
                ":first": text(wanted.first),
                ":last": text(wanted.last),
            },
            "ScanIndexForward": wanted.forward,
            "ConsistentRead": True,
        }
        return request if wanted.portion is None else {**request, "Limit": wanted.portion}


def placed(item: msgspec.Raw) -> Placed:
    """The row of an item. Raises UnreadableRow."""
    place = _PLACE.decode(item)
    try:
        return Placed(place.SK.S, kept_of(_ROW.decode(item)))
    except (msgspec.MsgspecError, ValueError) as error:
        raise UnreadableRow(f"{place.PK.S}|{place.SK.S}") from error


def _known(readers: Sequence[_Reader], *, forward: bool) -> list[Placed]:
    """All rows before which no shard has one that was not read yet, taken out of the readers."""
    edges = [reader.rows[-1].sk for reader in readers if not reader.exhausted]
    edge = (min if forward else max)(edges, default=None)

    def is_behind(row: Placed) -> bool:
        return edge is not None and (row.sk > edge if forward else row.sk < edge)

    taken: list[Placed] = []
    for reader in readers:
        count = next((at for at, row in enumerate(reader.rows) if is_behind(row)), len(reader.rows))
        taken += reader.rows[:count]
        reader.rows = reader.rows[count:]
    taken.sort(key=lambda row: row.sk, reverse=not forward)
    return taken
