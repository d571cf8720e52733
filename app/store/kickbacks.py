"""The Kickbacks port on DynamoDB: a user's partition read backwards."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from app.domain.periods import DateRange
from app.domain.totals import Figures
from app.ports.kickbacks import KickbackFilter
from app.ports.pages import Page, Position
from app.store import keys
from app.store.database import Database
from app.store.purchase_codec import FIGURES_PROJECTION, FiguresRow, figures_of, is_alive
from app.store.purchase_lines import LINES, LineRow, alive, line_of
from app.store.wire import QueryAnswer, key, text

_FIGURES = msgspec.json.Decoder(QueryAnswer[FiguresRow])
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
            day, item_id = after
            request["ExclusiveStartKey"] = key(keys.user_pk(user_id), keys.transaction_sk_text(day, item_id))
        rows: list[LineRow] = []
        while True:
            answer = await self.database.query(LINES, **request)
            rows += alive(answer.Items, self.epoch_seconds())
            if len(rows) > limit or answer.LastEvaluatedKey is None:
                break
            request["ExclusiveStartKey"] = answer.LastEvaluatedKey
        return Page(
            lines=[line_of(row) for row in rows[:limit]],
            next_position=_position(rows[limit - 1]) if len(rows) > limit else None,
        )

    async def fold(self, user_id: str, dates: DateRange, consume: Callable[[Sequence[Figures]], None]) -> None:
        """Every page of the range, strongly consistent."""
        request = _range(user_id, dates) | {"ProjectionExpression": FIGURES_PROJECTION}
        while True:
            answer = await self.database.query(_FIGURES, **request)
            now = self.epoch_seconds()
            consume([figures_of(row) for row in answer.Items if is_alive(row, now)])
            if answer.LastEvaluatedKey is None:
                return
            request["ExclusiveStartKey"] = answer.LastEvaluatedKey


def _range(user_id: str, dates: DateRange) -> dict[str, Any]:
    first, last = keys.transaction_range(dates)
    return {
        "KeyConditionExpression": "PK = :pk AND SK BETWEEN :first AND :last",
        "ExpressionAttributeValues": {
            ":pk": text(keys.user_pk(user_id)),
            ":first": text(first),
            ":last": text(last),
        },
        "ScanIndexForward": False,
        "ConsistentRead": True,
    }


def _request(user_id: str, dates: DateRange, only: KickbackFilter, limit: int) -> dict[str, Any]:
    request = _range(user_id, dates)
    values = request["ExpressionAttributeValues"]
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
    # One more than the page, to know whether another follows.
    request["Limit"] = _FILTERED_READ if conditions else limit + 1
    if conditions:
        request["FilterExpression"] = " AND ".join(conditions)
    return request


def _position(row: LineRow) -> Position:
    return (row.transactionDate.S, row.item_id)
