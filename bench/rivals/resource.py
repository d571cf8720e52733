"""FastAPI on aioboto3's resource, as tutorials show it: `Table.query`, and a pydantic model for each row of an answer.

The resource is opened once, for as long as the application runs. Left out: what the package says.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import aioboto3
from boto3.dynamodb.conditions import ConditionBase, Key
from fastapi import FastAPI, HTTPException

from app.domain.kickbacks import KickbackType
from app.domain.periods import parse_month
from app.store.view_keys import SCORE_INDEX
from bench.rivals.accounts import balances_document
from bench.rivals.basics import Basics, Current, basics, current
from bench.rivals.models import Balance, Efficiency, Kickback, KickbackPage, Ranking, RecordedPurchase
from bench.rivals.parameters import First, FirstDay, Last, LastDay, Limit, Month
from bench.rivals.purchases import PurchaseBody, recording
from bench.rivals.reads import Span, board_partitions, card_spans, categories_partition, history_span, ledger_span
from bench.rivals.values import Item
from bench.rivals.view_rows import efficiency_document, ranking_document


class Api:
    """The five routes on two tables."""

    known: Basics
    current: Current
    facts: Any
    views: Any

    @asynccontextmanager
    async def lifespan(self, _: FastAPI) -> AsyncIterator[None]:
        """Opens the resource for as long as the application runs."""
        self.known = basics()
        self.current = current(self.known)
        async with AsyncExitStack() as stack:
            dynamodb = await stack.enter_async_context(
                aioboto3.Session().resource("dynamodb", region_name=self.known.region, endpoint_url=self.known.endpoint)
            )
            self.facts = await dynamodb.Table(self.known.facts)
            self.views = await dynamodb.Table(self.known.views)
            yield

    async def history(
        self, user_id: str, first: First = None, last: Last = None, limit: Limit = 50, cursor: str | None = None
    ) -> KickbackPage:
        """GET /users/{user_id}/kickbacks"""
        span = history_span(user_id, first, last)
        start = {"ExclusiveStartKey": {"PK": span[0], "SK": cursor}} if cursor else {}
        answer = await self.facts.query(
            KeyConditionExpression=_between(span),
            ScanIndexForward=False,
            Limit=limit + 1,
            ConsistentRead=True,
            **start,
        )
        found = answer["Items"]
        shown = found[:limit]
        following = shown[-1]["SK"] if len(found) > limit else None
        return KickbackPage(items=[Kickback(**item) for item in shown], nextCursor=following)

    async def ranking(self, category: str, month: Month, limit: Limit = 50) -> Ranking:
        """GET /categories/{category}/rankings"""
        boards = [self._board(pk, limit + 1) for pk in board_partitions(category, month, self.current)]
        *found, categories = await asyncio.gather(*boards, self._categories(month))
        board = [row for rows in found for row in rows]
        document = ranking_document(
            category, parse_month(month), board, categories, limit=limit, current=self.current, known=self.known
        )
        return Ranking(**document)

    async def efficiency(self, card_id: str, first: FirstDay, last: LastDay) -> Efficiency:
        """GET /cards/{card_id}/efficiency"""
        spans = card_spans(card_id, first, last, self.current)
        found = await asyncio.gather(*(self.views.query(KeyConditionExpression=_between(span)) for span in spans))
        rows = [row for answer in found for row in answer["Items"]]
        return Efficiency(**efficiency_document(card_id, first, last, rows, current=self.current, known=self.known))

    async def balances(self, user_id: str, type: KickbackType) -> list[Balance]:
        """GET /users/{user_id}/balances"""
        found = balances_document(await self._head(user_id, type), datetime.now(UTC), self.known)
        return [Balance(**one) for one in found]

    async def post(self, body: PurchaseBody) -> RecordedPurchase:
        """POST /transactions"""
        head = await self._head(body.user_id, body.kickback_type) if body.kickback_amount else None
        made = recording(body, head, datetime.now(UTC), self.known)
        puts = [
            {"Put": {"TableName": self.known.facts, "Item": item, "ConditionExpression": "attribute_not_exists(PK)"}}
            for item in made.items
        ]
        client = self.facts.meta.client
        try:
            await client.transact_write_items(TransactItems=puts)
        except client.exceptions.TransactionCanceledException:
            raise HTTPException(409) from None
        return RecordedPurchase(**made.document)

    async def _head(self, user_id: str, kind: KickbackType) -> Item | None:
        answer = await self.facts.query(
            KeyConditionExpression=_between(ledger_span(user_id, kind)),
            ScanIndexForward=False,
            Limit=1,
            ConsistentRead=True,
        )
        return answer["Items"][0] if answer["Items"] else None

    async def _board(self, pk: str, limit: int) -> Sequence[Item]:
        answer = await self.views.query(
            IndexName=SCORE_INDEX, KeyConditionExpression=Key("scorePK").eq(pk), Limit=limit
        )
        found: Sequence[Item] = answer["Items"]
        return found

    async def _categories(self, month: str) -> Sequence[Item]:
        key = Key("PK").eq(categories_partition(month, self.current))
        found: Sequence[Item] = (await self.views.query(KeyConditionExpression=key))["Items"]
        return found


def create() -> FastAPI:
    """The application, configured by the environment."""
    api = Api()
    app = FastAPI(lifespan=api.lifespan, openapi_url=None)
    # Optional fields that were not given are not shown.
    app.get("/users/{user_id}/kickbacks", response_model_exclude_unset=True)(api.history)
    app.get("/categories/{category}/rankings")(api.ranking)
    app.get("/cards/{card_id}/efficiency")(api.efficiency)
    app.get("/users/{user_id}/balances")(api.balances)
    app.post("/transactions", status_code=201, response_model_exclude_unset=True)(api.post)
    return app


def _between(span: Span) -> ConditionBase:
    pk, low, high = span
    return Key("PK").eq(pk) & Key("SK").between(low, high)
