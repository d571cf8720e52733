"""A card's efficiency: a Query for each year of months and each month of days that make up the range, at once."""

import asyncio
from datetime import date
from typing import Any

import msgspec

from app.domain.kickbacks import Valuation
from bench.rivals.bare.calls import Calls
from bench.rivals.bare.rows import Answer, Sums
from bench.rivals.bare.sums import Total, ratio, total_of, total_of_part
from bench.rivals.basics import Basics, Current
from bench.rivals.reads import card_spans

_REQUEST = (
    '{"TableName":"%s","KeyConditionExpression":"PK = :pk AND SK BETWEEN :low AND :high",'
    '"ExpressionAttributeValues":{":pk":{"S":"%s"},":low":{"S":"%s"},":high":{"S":"%s"}}}'
)
_decode = msgspec.json.Decoder(Answer[Sums]).decode
_encode = msgspec.json.Encoder().encode


async def efficiency(card: bytes, query: dict[bytes, bytes], calls: Calls, current: Current, known: Basics) -> bytes:
    """GET /cards/{cardId}/efficiency"""
    card_id, first, last = card.decode(), query[b"from"].decode(), query[b"to"].decode()
    spans = card_spans(card_id, date.fromisoformat(first), date.fromisoformat(last), current)
    answers = await asyncio.gather(*(calls.query((_REQUEST % (known.views, *span)).encode()) for span in spans))
    total, name, named_at = Total(), None, ""
    parts: dict[str, Total] = {}
    for row in (row for answer in answers for row in _decode(answer).Items):
        total.add(total_of(row))
        if row.name and row.namedAt and named_at < row.namedAt.S:
            name, named_at = row.name.S, row.namedAt.S
        for category, values in row.parts.M.items() if row.parts else ():
            parts.setdefault(category, Total()).add(total_of_part(values.L))
    valuation = current.generation.valuation
    return _encode(
        {
            "cardId": card_id,
            "cardName": name,
            "from": first,
            "to": last,
            "asOf": current.as_of,
            **_shown(total, valuation),
            "averageRate": ratio(total.rates, total.count * 1_000_000),
            "byCategory": [
                {"category": category, **_shown(part, valuation)}
                for category, part in sorted(parts.items())
                if part.count
            ],
            "valuation": known.valuation_document,
        }
    )


def _shown(total: Total, valuation: Valuation) -> dict[str, Any]:
    value = total.value(valuation)
    return {
        "count": total.count,
        "transactionTotal": total.spent,
        "kickbackValue": value,
        "kickbackByType": total.by_type(),
        "realizedRate": ratio(value, total.spent),
    }
