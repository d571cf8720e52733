"""The Kickbacks port on DynamoDB: a user's partition read backwards."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from app.domain.periods import DateRange
from app.ports.kickbacks import KickbackFilter
from app.ports.pages import Page, Position
from app.store import keys
from app.store.database import Database
from app.store.purchase_codec import PurchaseRow, document_of, is_alive
from app.store.wire import QueryAnswer, key, text

_PAGE = msgspec.json.Decoder(QueryAnswer[PurchaseRow])
# Items that one Query looks at when only some of them match: about half of DynamoDB's 1 MB page.
_FILTERED_READ = 1000


@dataclass(frozen=True, slots=True)
class DynamoKickbacks:
    """See the port. `epoch_seconds` tells the time, for purchases whose retention has ended."""

    database: Database
    epoch_seconds: Callable[[], int]

    async def page(
        self, user_id: str, dates: DateRange, only: KickbackFilter, *, limit: int, after: Position | None
    ) -> Page:
        """One strongly consistent Query; more only while a filter leaves the page short."""
        request = _request(user_id, dates, only, limit)
        if after is not None:
            day, transaction_id = after
            request["ExclusiveStartKey"] = key(keys.user_pk(user_id), keys.transaction_sk_text(day, transaction_id))
        rows: list[PurchaseRow] = []
        while True:
            answer = await self.database.query(_PAGE, **request)
            rows += [row for row in answer.Items if is_alive(row, self.epoch_seconds)]
            if len(rows) > limit or answer.LastEvaluatedKey is None:
                break
            request["ExclusiveStartKey"] = answer.LastEvaluatedKey
        return Page(
            documents=[document_of(row) for row in rows[:limit]],
            next_position=_position(rows[limit - 1]) if len(rows) > limit else None,
        )


def _request(user_id: str, dates: DateRange, only: KickbackFilter, limit: int) -> dict[str, Any]:
    first, last = keys.transaction_range(dates)
    values = {":pk": text(keys.user_pk(user_id)), ":first": text(first), ":last": text(last)}
    wanted = {
        "kickbackType": only.kind.value if only.kind else None,
        "category": only.category,
        "cardId": only.card_id,
    }
    conditions = []
    for name, value in wanted.items():
        if value is not None:
            conditions.append(f"{name} = :{name}")
            values[f":{name}"] = text(value)
    request: dict[str, Any] = {
        "KeyConditionExpression": "PK = :pk AND SK BETWEEN :first AND :last",
        "ExpressionAttributeValues": values,
        "ScanIndexForward": False,
        "ConsistentRead": True,
        # One more than the page, to know whether another follows.
        "Limit": _FILTERED_READ if conditions else limit + 1,
    }
    if conditions:
        request["FilterExpression"] = " AND ".join(conditions)
    return request


def _position(row: PurchaseRow) -> Position:
    return (row.transactionDate.S, row.transactionId.S)
