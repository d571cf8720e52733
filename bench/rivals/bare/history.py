"""A page of history: one Query, decoded into rows and encoded from rows."""

from typing import Any

import msgspec

from bench.rivals.bare.calls import Calls
from bench.rivals.bare.rows import Answer, Number, Text
from bench.rivals.basics import Basics

_REQUEST = (
    b'{"TableName":"%b","KeyConditionExpression":"PK = :pk AND SK BETWEEN :low AND :high",'
    b'"ExpressionAttributeValues":{":pk":{"S":"USER#%b"},":low":{"S":"TRANSACTION#%b"},":high":{"S":"TRANSACTION#%b$"}},'
    b'"ScanIndexForward":false,"ConsistentRead":true,"Limit":%d}'
)


class _Row(msgspec.Struct):
    SK: Text
    transactionId: Text
    userId: Text
    transactionDate: Text
    cardId: Text
    merchantName: Text
    category: Text
    transactionAmount: Number
    kickbackAmount: Number
    kickbackType: Text
    kickbackRate: Number
    createdAt: Text
    cardName: Text | None = None
    description: Text | None = None
    channel: Text | None = None
    occurredAt: Text | None = None
    reversalId: Text | None = None
    reason: Text | None = None


class _Shown(msgspec.Struct, omit_defaults=True):
    transactionId: str
    userId: str
    transactionDate: str
    cardId: str
    merchantName: str
    category: str
    transactionAmount: int
    kickbackAmount: int
    kickbackType: str
    kickbackRate: float
    createdAt: str
    cardName: str | None = None
    description: str | None = None
    channel: str | None = None
    occurredAt: str | None = None
    reversalId: str | None = None
    reason: str | None = None


class _Page(msgspec.Struct):
    items: list[_Shown]
    nextCursor: str | None


_decode = msgspec.json.Decoder(Answer[_Row]).decode
_encode = msgspec.json.Encoder().encode


async def history(user_id: bytes, query: dict[bytes, bytes], calls: Calls, known: Basics) -> bytes:
    """GET /users/{id}/kickbacks"""
    limit = int(query[b"limit"])
    table, first, last = known.facts.encode(), query[b"from"], query[b"to"]
    found = _decode(await calls.query(_REQUEST % (table, user_id, first, last, limit + 1))).Items
    following = found[limit - 1].SK.S if len(found) > limit else None
    return _encode(_Page([_shown(row) for row in found[:limit]], following))


def _shown(row: Any) -> _Shown:
    return _Shown(
        row.transactionId.S,
        row.userId.S,
        row.transactionDate.S,
        row.cardId.S,
        row.merchantName.S,
        row.category.S,
        int(row.transactionAmount.N),
        int(row.kickbackAmount.N),
        row.kickbackType.S,
        float(row.kickbackRate.N),
        row.createdAt.S,
        row.cardName and row.cardName.S,
        row.description and row.description.S,
        row.channel and row.channel.S,
        row.occurredAt and row.occurredAt.S,
        row.reversalId and row.reversalId.S,
        row.reason and row.reason.S,
    )
