"""FastAPI with plain functions, which it runs in threads, on boto3's client: nothing is asynchronous but the server.

boto3 is as AWS ships it, with connections enough for all threads; a ranking's shards are read by a pool of its own.
Left out: what the package says.
"""

from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import boto3
import msgspec
from botocore.config import Config
from fastapi import FastAPI, HTTPException, Response

from app.domain.kickbacks import KickbackType
from app.domain.periods import parse_month
from app.store.view_keys import SCORE_INDEX
from bench.rivals.accounts import balances_document
from bench.rivals.basics import Basics, Current, basics, current
from bench.rivals.parameters import First, FirstDay, Last, LastDay, Limit, Month
from bench.rivals.purchases import PurchaseBody, document_of, recording
from bench.rivals.reads import Span, board_partitions, card_spans, categories_partition, history_span, ledger_span
from bench.rivals.values import Item, plain, typed
from bench.rivals.view_rows import efficiency_document, ranking_document

_CONNECTIONS = 64
_READERS = 32
_BETWEEN = "PK = :pk AND SK BETWEEN :low AND :high"


class Api:
    """The five routes on one client, which threads may share."""

    known: Basics
    current: Current
    client: Any
    readers: ThreadPoolExecutor

    @asynccontextmanager
    async def lifespan(self, _: FastAPI) -> AsyncIterator[None]:
        """Opens the client for as long as the application runs."""
        self.known = basics()
        self.current = current(self.known)
        config = Config(max_pool_connections=_CONNECTIONS)
        self.client = boto3.client(
            "dynamodb", region_name=self.known.region, endpoint_url=self.known.endpoint, config=config
        )
        with ThreadPoolExecutor(_READERS) as self.readers:
            yield
        self.client.close()

    def history(
        self, user_id: str, first: First = None, last: Last = None, limit: Limit = 50, cursor: str | None = None
    ) -> Response:
        """GET /users/{user_id}/kickbacks"""
        span = history_span(user_id, first, last)
        start = {"ExclusiveStartKey": {"PK": {"S": span[0]}, "SK": {"S": cursor}}} if cursor else {}
        found = self._between(self.known.facts, span, ScanIndexForward=False, Limit=limit + 1, **_CONSISTENT, **start)
        shown = found[:limit]
        following = shown[-1]["SK"] if len(found) > limit else None
        return _json({"items": [document_of(item) for item in shown], "nextCursor": following})

    def ranking(self, category: str, month: Month, limit: Limit = 50) -> Response:
        """GET /categories/{category}/rankings"""
        categories = self.readers.submit(self._categories, month)
        boards = self.readers.map(lambda pk: self._board(pk, limit + 1), self._boards(category, month))
        board = [row for rows in boards for row in rows]
        return _json(
            ranking_document(
                category,
                parse_month(month),
                board,
                categories.result(),
                limit=limit,
                current=self.current,
                known=self.known,
            )
        )

    def efficiency(self, card_id: str, first: FirstDay, last: LastDay) -> Response:
        """GET /cards/{card_id}/efficiency"""
        spans = card_spans(card_id, first, last, self.current)
        rows = [row for span in spans for row in self._between(self.known.views, span)]
        return _json(efficiency_document(card_id, first, last, rows, current=self.current, known=self.known))

    def balances(self, user_id: str, type: KickbackType) -> Response:
        """GET /users/{user_id}/balances"""
        return _json(balances_document(self._head(user_id, type), datetime.now(UTC), self.known))

    def post(self, body: PurchaseBody) -> Response:
        """POST /transactions"""
        head = self._head(body.user_id, body.kickback_type) if body.kickback_amount else None
        made = recording(body, head, datetime.now(UTC), self.known)
        puts = [
            {
                "Put": {
                    "TableName": self.known.facts,
                    "Item": typed(item),
                    "ConditionExpression": "attribute_not_exists(PK)",
                }
            }
            for item in made.items
        ]
        try:
            self.client.transact_write_items(TransactItems=puts)
        except self.client.exceptions.TransactionCanceledException:
            raise HTTPException(409) from None
        return _json(made.document, status=201)

    def _head(self, user_id: str, kind: KickbackType) -> Item | None:
        span = ledger_span(user_id, kind)
        found = self._between(self.known.facts, span, ScanIndexForward=False, Limit=1, **_CONSISTENT)
        return found[0] if found else None

    def _boards(self, category: str, month: str) -> Sequence[str]:
        return board_partitions(category, month, self.current)

    def _board(self, pk: str, limit: int) -> Sequence[Item]:
        return self._query(
            TableName=self.known.views,
            IndexName=SCORE_INDEX,
            KeyConditionExpression="scorePK = :pk",
            ExpressionAttributeValues={":pk": {"S": pk}},
            Limit=limit,
        )

    def _categories(self, month: str) -> Sequence[Item]:
        return self._query(
            TableName=self.known.views,
            KeyConditionExpression="PK = :pk",
            ExpressionAttributeValues={":pk": {"S": categories_partition(month, self.current)}},
        )

    def _between(self, table: str, span: Span, **more: Any) -> Sequence[Item]:
        pk, low, high = span
        values = {":pk": {"S": pk}, ":low": {"S": low}, ":high": {"S": high}}
        return self._query(TableName=table, KeyConditionExpression=_BETWEEN, ExpressionAttributeValues=values, **more)

    def _query(self, **request: Any) -> Sequence[Item]:
        return [plain(item) for item in self.client.query(**request)["Items"]]


_CONSISTENT = {"ConsistentRead": True}


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
