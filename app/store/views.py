"""The Views port on DynamoDB. Everything is read eventually consistent: a ranking's index has no other reads."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import msgspec

from app.domain.bookings import HOUR, MONTH, SECOND
from app.domain.view_rows import ViewRow
from app.ports.views import Generation, Leaderboard, Place, Standing
from app.store.database import Database
from app.store.shard_merge import gather_all
from app.store.sharding import shard_of
from app.store.view_codec import INDEXED, ViewItem, member_of, row_of
from app.store.view_keys import (
    SCORE_INDEX,
    board_pk,
    card_days_pk,
    card_months_pk,
    categories_pk,
    journal_pk,
    score_sk,
    user_pk,
)
from app.store.wire import QueryAnswer, text

_ROWS = msgspec.json.Decoder(QueryAnswer[ViewItem])
# Sums and names without their breakdown. Some of these words are reserved, so that all have placeholders.
_SUMS = {f"#a{number}": name for number, name in enumerate(("PK", "SK", *INDEXED))}


@dataclass(frozen=True, slots=True)
class DynamoViews:
    """See the port. `slots` bounds the shard queries under way in the whole process."""

    database: Database
    slots: asyncio.Semaphore

    async def leaderboard(
        self, generation: Generation, board: Leaderboard, *, limit: int, after: Place | None
    ) -> Sequence[Standing]:
        """One Query for each shard. Names beyond 960 bytes that agree in those are in an order of their own."""
        found: list[tuple[str, Standing]] = []

        async def read(shard: int) -> None:
            condition = "scorePK = :pk"
            values = {":pk": text(board_pk(generation, board, shard))}
            if after is not None:
                condition += " AND scoreSK > :after"
                values[":after"] = text(score_sk(after.value, after.member))
            request = {
                "IndexName": SCORE_INDEX,
                "KeyConditionExpression": condition,
                "ExpressionAttributeValues": values,
            }
            async for page in self._pages(request, limit):
                for item in page:
                    row, member = row_of(item), member_of(item, board.by)
                    value = row.totals.value(generation.valuation)
                    found.append((score_sk(value, member), Standing(member, value, row)))

        await gather_all([read(shard) for shard in range(generation.shards)])
        found.sort(key=lambda placed: placed[0])
        return [standing for _, standing in found[:limit]]

    async def categories(self, generation: Generation, period: str) -> Mapping[str, ViewRow]:
        """One Query."""
        items = await self._rows(_partition(categories_pk(generation, period)))
        return {item.SK.S: row_of(item) for item in items}

    async def card(
        self, generation: Generation, card_id: str, months: Sequence[str], days: Sequence[str]
    ) -> Mapping[str, ViewRow]:
        """One Query for each year of the months and each month of the days."""
        shard = shard_of(card_id, generation.shards)
        spans = [(card_months_pk(generation, year, shard), of) for year, of in _by_prefix(months, 4)]
        spans += [(card_days_pk(generation, month, shard), of) for month, of in _by_prefix(days, 7)]
        found: dict[str, ViewRow] = {}

        async def read(pk: str, periods: Sequence[str]) -> None:
            request = _between(pk, f"{card_id}#{periods[0]}", f"{card_id}#{periods[-1]}")
            wanted = frozenset(periods)
            for item in await self._rows(request):
                period = item.SK.S.rpartition("#")[2]
                if period in wanted:
                    found[period] = row_of(item)

        await gather_all([read(pk, periods) for pk, periods in spans])
        return found

    async def cards(
        self, generation: Generation, months: Sequence[str], days: Sequence[str]
    ) -> Mapping[str, Sequence[ViewRow]]:
        """All partitions of the years that the months are in and of the months that the days are in, whole."""
        shards = range(generation.shards)
        years, months_of_days = ({period[:length] for period in of} for of, length in ((months, 4), (days, 7)))
        partitions = [card_months_pk(generation, year, shard) for year in sorted(years) for shard in shards]
        partitions += [card_days_pk(generation, month, shard) for month in sorted(months_of_days) for shard in shards]
        wanted = frozenset((*months, *days))
        found: dict[str, list[ViewRow]] = {}

        async def read(pk: str) -> None:
            request = _partition(pk) | {
                "ProjectionExpression": ", ".join(_SUMS),
                "ExpressionAttributeNames": _SUMS,
            }
            async for page in self._pages(request):
                for item in page:
                    card_id, _, period = item.SK.S.rpartition("#")
                    if period in wanted:
                        found.setdefault(card_id, []).append(row_of(item))

        await gather_all([read(pk) for pk in partitions])
        return found

    async def user(self, generation: Generation, user_id: str, period: str) -> Mapping[tuple[str, str], ViewRow]:
        """One Query."""
        prefix = f"MONTH#{period}#" if len(period) == 7 else f"MONTH#{period}-"
        items = await self._rows(_beginning(user_pk(generation, user_id), prefix))
        return {_month_and_category(item): row_of(item) for item in items}

    async def user_year(self, generation: Generation, user_id: str, year: str) -> Mapping[str, ViewRow]:
        """One Query."""
        items = await self._rows(_beginning(user_pk(generation, user_id), f"YEAR#{year}#"))
        return {_month_and_category(item)[1]: row_of(item) for item in items}

    async def journal(self, generation: Generation, at: str) -> Sequence[tuple[str, ViewRow]]:
        """Three Queries for each shard."""
        spans = [_before(journal_pk(generation, None, shard), at[:MONTH]) for shard in range(generation.shards)]
        for shard in range(generation.shards):
            spans.append(_before(journal_pk(generation, at[:MONTH], shard), at[:HOUR]))
            spans.append(_through(journal_pk(generation, at[:HOUR], shard), at[:SECOND]))
        found: list[tuple[str, ViewRow]] = []

        async def read(request: Mapping[str, Any]) -> None:
            found.extend((item.SK.S, row_of(item)) for item in await self._rows(request))

        await gather_all([read(request) for request in spans])
        return found

    async def _rows(self, request: Mapping[str, Any]) -> list[ViewItem]:
        return [item async for page in self._pages(request) for item in page]

    async def _pages(self, request: Mapping[str, Any], limit: int | None = None) -> AsyncIterator[list[ViewItem]]:
        """Until `limit` rows or the end. A page of 1 MB ends early, and even an empty one need not be the last."""
        asked, left = dict(request), limit
        while left != 0:
            if left is not None:
                asked["Limit"] = left
            async with self.slots:
                answer = await self.database.query(_ROWS, **asked)
            yield answer.Items
            if answer.LastEvaluatedKey is None:
                return
            asked["ExclusiveStartKey"] = answer.LastEvaluatedKey
            left = None if left is None else left - len(answer.Items)


def _partition(pk: str) -> dict[str, Any]:
    return {"KeyConditionExpression": "PK = :pk", "ExpressionAttributeValues": {":pk": text(pk)}}


def _before(pk: str, end: str) -> dict[str, Any]:
    return _compared(pk, "<", end)


def _through(pk: str, last: str) -> dict[str, Any]:
    return _compared(pk, "<=", last)


def _compared(pk: str, comparison: str, sk: str) -> dict[str, Any]:
    return {
        "KeyConditionExpression": f"PK = :pk AND SK {comparison} :sk",
        "ExpressionAttributeValues": {":pk": text(pk), ":sk": text(sk)},
    }


def _between(pk: str, first: str, last: str) -> dict[str, Any]:
    return {
        "KeyConditionExpression": "PK = :pk AND SK BETWEEN :first AND :last",
        "ExpressionAttributeValues": {":pk": text(pk), ":first": text(first), ":last": text(last)},
    }


def _beginning(pk: str, prefix: str) -> dict[str, Any]:
    return {
        "KeyConditionExpression": "PK = :pk AND begins_with(SK, :prefix)",
        "ExpressionAttributeValues": {":pk": text(pk), ":prefix": text(prefix)},
    }


def _by_prefix(periods: Iterable[str], length: int) -> list[tuple[str, list[str]]]:
    return [(prefix, list(of)) for prefix, of in groupby(sorted(periods), key=lambda period: period[:length])]


def _month_and_category(item: ViewItem) -> tuple[str, str]:
    _, month, category = item.SK.S.split("#")
    return month, category
