"""The Seals port on DynamoDB."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from app.domain.audit_seals import Seal
from app.ports.audit import UnreadableRow
from app.store import keys
from app.store.audit_codec import SealRow, seal_item, seal_of
from app.store.database import Database, Put
from app.store.wire import QueryAnswer, text

_RAW = msgspec.json.Decoder(QueryAnswer[msgspec.Raw])
_SEAL = msgspec.json.Decoder(SealRow)


@dataclass(frozen=True, slots=True)
class DynamoSeals:
    """See the port."""

    database: Database

    async def newest(self) -> Seal | None:
        """One Query backwards, of one item."""
        answer = await self.database.query(_RAW, **_SEALS, ScanIndexForward=False, Limit=1)
        return _seal(answer.Items[0]) if answer.Items else None

    async def all(self) -> AsyncIterator[Sequence[Seal]]:
        """Queries forwards."""
        async for page in self._pages(dict(_SEALS)):
            yield page

    async def back(self, last: str) -> AsyncIterator[Sequence[Seal]]:
        """Queries backwards, from a seal that a few Queries of one item find: untils grow with numbers."""
        newest = await self.newest()
        if newest is None:
            return
        low, high = 1, newest.number
        while low < high:
            middle = (low + high) // 2
            found = await self._of_number(middle)
            if found is None:  # somebody has removed it: kickbacks verify tells
                low = high = newest.number
            elif found.until > last:
                high = middle
            else:
                low = middle + 1
        async for page in self._pages({**_seals_up_to(high), "ScanIndexForward": False}):
            yield page

    async def _of_number(self, number: int) -> Seal | None:
        answer = await self.database.query(_RAW, **_seals_up_to(number), ScanIndexForward=False, Limit=1)
        seals = [_seal(item) for item in answer.Items]
        return seals[0] if seals and seals[0].number == number else None

    async def _pages(self, request: dict[str, Any]) -> AsyncIterator[Sequence[Seal]]:
        while True:
            answer = await self.database.query(_RAW, **request)
            yield [_seal(item) for item in answer.Items]
            if answer.LastEvaluatedKey is None:
                return
            request["ExclusiveStartKey"] = answer.LastEvaluatedKey

    async def add(self, seal: Seal) -> bool:
        """One PutItem."""
        return await self.database.put_if(Put(seal_item(seal)))


_SEALS: dict[str, Any] = {
    "KeyConditionExpression": "PK = :pk",
    "ExpressionAttributeValues": {":pk": text(keys.SEAL_PK)},
    "ConsistentRead": True,
}


def _seals_up_to(number: int) -> dict[str, Any]:
    values = {":pk": text(keys.SEAL_PK), ":last": text(keys.seal_sk(number))}
    return {**_SEALS, "KeyConditionExpression": "PK = :pk AND SK <= :last", "ExpressionAttributeValues": values}


def _seal(item: msgspec.Raw) -> Seal:
    try:
        return seal_of(_SEAL.decode(item))
    except (msgspec.MsgspecError, ValueError) as error:
        raise UnreadableRow(keys.SEAL_PK) from error
