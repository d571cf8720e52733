"""The newest ledger entry of an account, and what it says of the balance."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from bench.rivals.bare.calls import Calls
from bench.rivals.bare.rows import Answer, Number, Text
from bench.rivals.basics import Basics
from bench.rivals.lots import lots_of

_REQUEST = (
    b'{"TableName":"%b","KeyConditionExpression":"PK = :pk AND SK BETWEEN :low AND :high",'
    b'"ExpressionAttributeValues":{":pk":{"S":"USER#%b"},":low":{"S":"LEDGER#%b#0000000000"},'
    b'":high":{"S":"LEDGER#%b#9999999999"}},"ScanIndexForward":false,"ConsistentRead":true,"Limit":1}'
)


class Head(msgspec.Struct):
    """What of an account's newest entry is needed."""

    version: Number
    balance: Number
    lots: Text
    hash: Text
    deficit: Number | None = None


_decode = msgspec.json.Decoder(Answer[Head]).decode
_encode = msgspec.json.Encoder().encode


async def head_of(user_id: bytes, kind: bytes, calls: Calls, known: Basics) -> Head | None:
    """None for an account without entries."""
    found = _decode(await calls.query(_REQUEST % (known.facts.encode(), user_id, kind, kind))).Items
    return found[0] if found else None


async def balances(user_id: bytes, query: dict[bytes, bytes], calls: Calls, known: Basics) -> bytes:
    """GET /users/{id}/balances"""
    kind = query[b"type"]
    head = await head_of(user_id, kind, calls, known)
    if head is None:
        return b"[]"
    now = datetime.now(UTC)
    today = now.astimezone(known.zone).date()
    alive = [lot for lot in lots_of(head.lots.S) if lot.expires_on is None or lot.expires_on >= today]
    balance = sum(lot.remaining for lot in alive) - (int(head.deficit.N) if head.deficit else 0)
    days: dict[str, int] = {}
    for lot in alive:
        if lot.expires_on is not None:
            day = lot.expires_on.isoformat()
            days[day] = days.get(day, 0) + lot.remaining
    document: dict[str, Any] = {
        "type": kind.decode(),
        "balance": balance,
        "available": max(balance, 0),
        "expiring": [{"expiresOn": day, "amount": amount} for day, amount in days.items()],
        "version": int(head.version.N),
        "asOf": now.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
    }
    return _encode([document])
