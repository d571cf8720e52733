"""The Views port on DynamoDB. Everything is read eventually consistent: a ranking's index has no other reads."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from operator import attrgetter
from typing import Any, TypeVar

from msgspec.json import Decoder

from app.domain.bookings import HOUR, MONTH, SECOND
from app.domain.view_rows import ViewRow
from app.ports.views import Generation, Leaderboard, Place, Standing
from app.store.database import Database
from app.store.hedging import NEVER, Hedging
from app.store.shard_merge import gather_all
from app.store.sharding import shard_of
from app.store.view_codec import INDEXED, PartsItem, RankedItem, SumsItem, member_of, parts_of, sums_of
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
from app.store.wire import QueryAnswer, lax, text

_ROWS = lax(QueryAnswer[PartsItem])
_SUMS = lax(QueryAnswer[SumsItem])
_RANKED = lax(QueryAnswer[RankedItem])
# Sums and names without their breakdown. Some of these words are reserved, so that all have placeholders.
_NAMES = {f"#a{number}": name for number, name in enumerate(("PK", "SK", *INDEXED))}

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class DynamoViews:
    """See the port. `slots` bounds the shard queries under way in the whole process."""

    database: Database
    slots: asyncio.Semaphore
    hedging: Hedging = NEVER

    async def leaderboard(
        self, generation: Generation, board: Leaderboard, *, limit: int, after: Place | None
    ) -> Sequence[Standing]:
        """One Query for each shard. Names beyond 960 bytes that agree in those are in an order of their own."""
        found = await self._ranked(generation, board, limit, {}, after)
        return [_standing(item, generation, board) for item in found[:limit]]

    async def lowest(self, generation: Generation, board: Leaderboard, *, limit: int) -> Sequence[Standing]:
        """One Query for each shard, backwards."""
        found = await self._ranked(generation, board, limit, {"ScanIndexForward": False}, None)
        return [_standing(item, generation, board) for item in found[-limit:]]

    async def _ranked(
        self, generation: Generation, board: Leaderboard, limit: int, order: dict[str, Any], after: Place | None
    ) -> list[RankedItem]:
        found: list[RankedItem] = []

        async def read(shard: int) -> None:
            request = _ranked(board_pk(generation, board, shard), after) | order
            found.extend(await self._all(_RANKED, request, limit))

        await gather_all([read(shard) for shard in range(generation.shards)])
        found.sort(key=attrgetter("scoreSK.S"))  # as it is stored: it need not be made again for what is not shown
        return found

    async def categories(self, generation: Generation, period: str) -> Mapping[str, ViewRow]:
        """One Query."""
        items = await self._all(_SUMS, _partition(categories_pk(generation, period)))
        return {item.SK.S: sums_of(item) for item in items}

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
            for item in await self._all(_ROWS, request):
                period = item.SK.S.rpartition("#")[2]
                if period in wanted:
                    found[period] = parts_of(item)

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
                "ProjectionExpression": ", ".join(_NAMES),
                "ExpressionAttributeNames": _NAMES,
            }
            for item in await self._all(_SUMS, request):
                card_id, _, period = item.SK.S.rpartition("#")
                if period in wanted:
                    found.setdefault(card_id, []).append(sums_of(item))

        await gather_all([read(pk) for pk in partitions])
        return found

    async def user(self, generation: Generation, user_id: str, period: str) -> Mapping[tuple[str, str], ViewRow]:
        """One Query."""
        prefix = f"MONTH#{period}#" if len(period) == 7 else f"MONTH#{period}-"
        items = await self._all(_ROWS, _beginning(user_pk(generation, user_id), prefix))
        return {_month_and_category(item): parts_of(item) for item in items}

    async def user_year(self, generation: Generation, user_id: str, year: str) -> Mapping[str, ViewRow]:
        """One Query."""
        items = await self._all(_ROWS, _beginning(user_pk(generation, user_id), f"YEAR#{year}#"))
        return {_month_and_category(item)[1]: parts_of(item) for item in items}

    async def journal(self, generation: Generation, at: str) -> Sequence[tuple[str, ViewRow]]:
        """Three Queries for each shard."""
        spans = [_before(journal_pk(generation, None, shard), at[:MONTH]) for shard in range(generation.shards)]
        for shard in range(generation.shards):
            spans.append(_before(journal_pk(generation, at[:MONTH], shard), at[:HOUR]))
            spans.append(_through(journal_pk(generation, at[:HOUR], shard), at[:SECOND]))
        found: list[tuple[str, ViewRow]] = []

        async def read(request: dict[str, Any]) -> None:
            found.extend((item.SK.S, parts_of(item)) for item in await self._all(_ROWS, request))

        await gather_all([read(request) for request in spans])
        return found

    async def _all(
        self, decoder: Decoder[QueryAnswer[R]], request: dict[str, Any], limit: int | None = None
    ) -> list[R]:
        """Until `limit` rows or the end. A page of 1 MB ends early, and even an empty one need not be the last."""
        rows: list[R] = []
        while True:
            if limit is not None:
                request["Limit"] = limit - len(rows)
            async with self.slots:
                answer = await self.hedging.answer_of(partial(self.database.query, decoder, **request))
            rows += answer.Items
            if answer.LastEvaluatedKey is None or (limit is not None and len(rows) >= limit):
                return rows
            request["ExclusiveStartKey"] = answer.LastEvaluatedKey


def _ranked(pk: str, after: Place | None) -> dict[str, Any]:
    condition, values = "scorePK = :pk", {":pk": text(pk)}
    if after is not None:
        condition += " AND scoreSK > :after"
        values[":after"] = text(score_sk(after.value, after.member))
    return {"IndexName": SCORE_INDEX, "KeyConditionExpression": condition, "ExpressionAttributeValues": values}


def _standing(item: RankedItem, generation: Generation, board: Leaderboard) -> Standing:
    row = sums_of(item)
    return Standing(member_of(item, board.by), row.totals.value(generation.valuation), row)


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


def _month_and_category(item: PartsItem) -> tuple[str, str]:
    _, month, category = item.SK.S.split("#")
    return month, category
