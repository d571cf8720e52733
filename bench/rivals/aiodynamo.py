"""FastAPI on aiodynamo, an asynchronous client written for DynamoDB alone; its HTTP is aiohttp, its faster adapter.

Answers are plain dicts that msgspec encodes, without a model of the answer. Left out: what the package says.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import aiohttp
import msgspec
from aiodynamo.client import Client
from aiodynamo.credentials import Credentials
from aiodynamo.errors import TransactionCanceled
from aiodynamo.expressions import F, HashKey, RangeKey
from aiodynamo.http.aiohttp import AIOHTTP
from aiodynamo.models import Select
from aiodynamo.operations import Put
from fastapi import FastAPI, HTTPException, Response
from yarl import URL

from app.domain.kickbacks import KickbackType
from app.domain.periods import parse_month
from app.store.view_keys import SCORE_INDEX
from bench.rivals.accounts import balances_document
from bench.rivals.basics import Basics, Current, basics, current
from bench.rivals.parameters import First, FirstDay, Last, LastDay, Limit, Month
from bench.rivals.purchases import PurchaseBody, document_of, recording
from bench.rivals.reads import Span, board_partitions, card_spans, categories_partition, history_span, ledger_span
from bench.rivals.values import Item, number
from bench.rivals.view_rows import efficiency_document, ranking_document

_IS_NEW = F("PK").does_not_exist()


class Api:
    """The five routes on one client."""

    known: Basics
    current: Current
    client: Client

    @asynccontextmanager
    async def lifespan(self, _: FastAPI) -> AsyncIterator[None]:
        """Opens the client for as long as the application runs."""
        self.known = basics()
        self.current = current(self.known)
        async with aiohttp.ClientSession() as session:
            self.client = Client(
                AIOHTTP(session),
                Credentials.auto(),
                self.known.region,
                endpoint=URL(self.known.endpoint),
                numeric_type=number,
            )
            yield

    async def history(
        self, user_id: str, first: First = None, last: Last = None, limit: Limit = 50, cursor: str | None = None
    ) -> Response:
        """GET /users/{user_id}/kickbacks"""
        pk, low, high = history_span(user_id, first, last)
        page = await self.client.query_single_page(
            self.known.facts,
            HashKey("PK", pk) & RangeKey("SK").between(low, high),
            start_key={"PK": pk, "SK": cursor} if cursor else None,
            scan_forward=False,
            limit=limit + 1,
            consistent_read=True,
        )
        shown = page.items[:limit]
        following = shown[-1]["SK"] if len(page.items) > limit else None
        return _json({"items": [document_of(item) for item in shown], "nextCursor": following})

    async def ranking(self, category: str, month: Month, limit: Limit = 50) -> Response:
        """GET /categories/{category}/rankings"""
        boards = [self._board(pk, limit + 1) for pk in board_partitions(category, month, self.current)]
        *found, categories = await asyncio.gather(*boards, self._categories(month))
        board = [row for rows in found for row in rows]
        return _json(
            ranking_document(
                category, parse_month(month), board, categories, limit=limit, current=self.current, known=self.known
            )
        )

    async def efficiency(self, card_id: str, first: FirstDay, last: LastDay) -> Response:
        """GET /cards/{card_id}/efficiency"""
        spans = card_spans(card_id, first, last, self.current)
        found = await asyncio.gather(*(self._between(span) for span in spans))
        rows = [row for rows in found for row in rows]
        return _json(efficiency_document(card_id, first, last, rows, current=self.current, known=self.known))

    async def balances(self, user_id: str, type: KickbackType) -> Response:
        """GET /users/{user_id}/balances"""
        return _json(balances_document(await self._head(user_id, type), datetime.now(UTC), self.known))

    async def post(self, body: PurchaseBody) -> Response:
        """POST /transactions"""
        head = await self._head(body.user_id, body.kickback_type) if body.kickback_amount else None
        made = recording(body, head, datetime.now(UTC), self.known)
        try:
            await self.client.transact_write_items([Put(self.known.facts, item, _IS_NEW) for item in made.items])
        except TransactionCanceled:
            raise HTTPException(409) from None
        return _json(made.document, status=201)

    async def _head(self, user_id: str, kind: KickbackType) -> Item | None:
        pk, low, high = ledger_span(user_id, kind)
        page = await self.client.query_single_page(
            self.known.facts,
            HashKey("PK", pk) & RangeKey("SK").between(low, high),
            scan_forward=False,
            limit=1,
            consistent_read=True,
        )
        return page.items[0] if page.items else None

    async def _board(self, pk: str, limit: int) -> Sequence[Item]:
        page = await self.client.query_single_page(
            self.known.views,
            HashKey("scorePK", pk),
            index=SCORE_INDEX,
            limit=limit,
            select=Select.all_projected_attributes,
        )
        return page.items

    async def _categories(self, month: str) -> Sequence[Item]:
        key = HashKey("PK", categories_partition(month, self.current))
        return (await self.client.query_single_page(self.known.views, key)).items

    async def _between(self, span: Span) -> Sequence[Item]:
        pk, low, high = span
        key = HashKey("PK", pk) & RangeKey("SK").between(low, high)
        return (await self.client.query_single_page(self.known.views, key)).items


def create() -> FastAPI:
    """The application, configured by the environment."""
    api = Api()
    app = FastAPI(lifespan=api.lifespan, openapi_url=None)
    app.get("/users/{user_id}/kickbacks")(api.history)
    app.get("/categories/{category}/rankings")(api.ranking)
    app.get("/cards/{card_id}/efficiency")(api.efficiency)
    app.get("/users/{user_id}/balances")(api.balances)
    app.post("/transactions")(api.post)
    return app


def _json(document: Any, *, status: int = 200) -> Response:
    return Response(msgspec.json.encode(document), status_code=status, media_type="application/json")
