"""The top of a ranking: a Query for each shard, and one for the month's categories, kept for half a second."""

import asyncio
import time
from dataclasses import dataclass
from typing import Any

import msgspec

from app.domain.rankings import MEDALS
from bench.rivals.bare.calls import Calls
from bench.rivals.bare.rows import Answer, Sums
from bench.rivals.bare.sums import Total, ratio, total_of
from bench.rivals.basics import Basics, Current

_BOARD = (
    b'{"TableName":"%b","IndexName":"ScoreIndex","KeyConditionExpression":"scorePK = :pk",'
    b'"ExpressionAttributeValues":{":pk":{"S":"%d#RANK#%b#%b#card#shard%02d"}},"Limit":%d}'
)
_CATEGORIES = (
    b'{"TableName":"%b","KeyConditionExpression":"PK = :pk",'
    b'"ExpressionAttributeValues":{":pk":{"S":"%d#CATEGORIES#%b"}}}'
)


class _Row(msgspec.Struct):
    rank: int
    medal: str | None
    id: str
    name: str | None
    count: int
    transactionTotal: int
    kickbackValue: int
    kickbackByType: dict[str, int]
    realizedRate: float | None


@dataclass(slots=True)
class KeptCategories:
    """Those of the month that was asked for last, as the database has answered them."""

    month: bytes = b""
    until: float = 0.0
    answer: bytes = b""


_KEPT_SECONDS = 0.5
_decode = msgspec.json.Decoder(Answer[Sums]).decode
_encode = msgspec.json.Encoder().encode


async def ranking(
    category: bytes, query: dict[bytes, bytes], calls: Calls, current: Current, kept: KeptCategories, known: Basics
) -> bytes:
    """GET /categories/{cat}/rankings"""
    month, limit = query[b"month"], int(query[b"limit"])
    table, number, valuation = known.views.encode(), current.generation.number, current.generation.valuation
    boards = [
        calls.query(_BOARD % (table, number, category, month, shard, limit + 1))
        for shard in range(current.generation.shards)
    ]
    if kept.month == month and kept.until > time.monotonic():
        categories, answers = kept.answer, await asyncio.gather(*boards)
    else:
        until = time.monotonic() + _KEPT_SECONDS
        *answers, categories = await asyncio.gather(*boards, calls.query(_CATEGORIES % (table, number, month)))
        kept.month, kept.until, kept.answer = month, until, categories
    rows = [(str(row.scoreSK and row.scoreSK.S), row) for answer in answers for row in _decode(answer).Items]
    rows.sort(key=lambda placed: placed[0])
    totals = {row.SK.S: total_of(row) for row in _decode(categories).Items}
    own = totals.get(category.decode(), Total())
    value = own.value(valuation)
    better = sum(one.value(valuation) > value for one in totals.values() if one.count)
    return _encode(
        {
            "category": category.decode(),
            "month": month.decode(),
            "by": "card",
            "asOf": current.as_of,
            "final": month.decode() < current.as_of_day.isoformat()[:7],
            "categoryRank": better + 1 if own.count else None,
            "totals": {
                "count": own.count,
                "transactionTotal": own.spent,
                "kickbackValue": value,
                "kickbackByType": own.by_type(),
            },
            "valuation": known.valuation_document,
            "items": _ranked([row for _, row in rows[:limit]], valuation),
            "nextCursor": rows[limit - 1][0] if len(rows) > limit else None,
        }
    )


def _ranked(rows: list[Sums], valuation: Any) -> list[_Row]:
    ranked: list[_Row] = []
    rank, before = 0, -1
    for position, row in enumerate(rows, start=1):
        total = total_of(row)
        value = total.value(valuation)
        if value != before:
            rank, before = position, value
        name = row.name.S if row.name else None
        shown = _Row(rank, MEDALS.get(rank), row.SK.S, name, total.count, total.spent, value, total.by_type(), None)
        shown.realizedRate = ratio(value, total.spent)
        ranked.append(shown)
    return ranked
