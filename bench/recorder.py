"""What the service asks of DynamoDB, byte for byte: its own code, run on a client that only notes what it is asked."""

from collections.abc import Sequence
from typing import Any

import msgspec

from app.api.json_bodies import parse_json
from app.api.transaction_body import TransactionBody, purchase_from
from app.bootstrap import build_services
from app.commands.record_group import Heads, record_group
from app.domain.ledger import Account
from app.domain.periods import DateRange, parse_month
from app.domain.purchases import Purchase
from app.domain.rankings import RankedBy
from app.ports.kickbacks import KickbackFilter
from app.queries.live_rankings import live_ranking
from app.settings import Settings
from app.store.wire import BODY
from bench.purchases import CATEGORY, READ_MONTH

PAGE_LIMIT = 50

# DynamoDB Local wants to see the form of a signature and does not check it: signing would only slow bare calls down.
_AUTHORIZATION = (
    "AWS4-HMAC-SHA256 Credential=local/20230501/ap-northeast-1/dynamodb/aws4_request, "
    "SignedHeaders=host;x-amz-date;x-amz-target, Signature=" + "0" * 64
)


class _Notes:
    """Stands where the DynamoDB client stands. Nothing is ever there, and everything can be written."""

    def __init__(self) -> None:
        self._noted: list[tuple[str, dict[str, Any]]] = []

    async def query(self, **request: Any) -> dict[str, bytes]:
        self._noted.append(("Query", request))
        return {BODY: b'{"Items":[]}'}

    async def put_item(self, **request: Any) -> dict[str, bytes]:
        self._noted.append(("PutItem", request))
        return {BODY: b"{}"}

    async def transact_write_items(self, **request: Any) -> dict[str, bytes]:
        self._noted.append(("TransactWriteItems", request))
        return {BODY: b"{}"}

    def take(self) -> list[tuple[str, dict[str, Any]]]:
        noted, self._noted = self._noted, []
        return noted


class ServiceCalls:
    """Whole HTTP requests to DynamoDB, as the service would send them to answer one of its own requests."""

    def __init__(self, settings: Settings) -> None:
        self._notes = _Notes()
        self._services = build_services(settings, self._notes)

    async def history(self, user_id: str) -> bytes:
        """The first page of a user's month."""
        period = parse_month(READ_MONTH)
        dates = DateRange(period.first, period.last)
        only = KickbackFilter(None, None, None)
        await self._services.kickbacks.page(user_id, dates, only, limit=PAGE_LIMIT, after=None)
        (request,) = self._taken("Query")
        return request

    async def ranking(self) -> list[bytes]:
        """One Query for each shard."""
        await live_ranking(CATEGORY, parse_month(READ_MONTH), RankedBy.CARD, source=self._services.live)
        return self._taken("Query")

    async def head(self, purchase: Purchase) -> bytes:
        """Reading the newest ledger entry of the purchase's account."""
        await self._services.ledger.head(Account(purchase.user_id, purchase.kickback_type))
        (request,) = self._taken("Query")
        return request

    async def write(self, purchases: Sequence[Purchase], heads: Heads) -> bytes:
        """Writing the purchases in one transaction; `heads` is moved on, so that the next one follows this one."""
        await record_group(purchases, heads, using=self._services.recording)
        (request,) = self._taken("TransactWriteItems")
        return request

    def purchase(self, body: bytes) -> Purchase:
        """What the service makes of a body."""
        return purchase_from(TransactionBody.model_validate(parse_json(body)), None, self._services.purchases)

    def _taken(self, operation: str) -> list[bytes]:
        return [wire(named, request) for named, request in self._notes.take() if named == operation]


def wire(operation: str, request: dict[str, Any]) -> bytes:
    """A whole HTTP request."""
    body = msgspec.json.encode(request)
    head = (
        "POST / HTTP/1.1\r\n"
        "Host: 127.0.0.1\r\n"
        f"X-Amz-Target: DynamoDB_20120810.{operation}\r\n"
        "X-Amz-Date: 20230501T000000Z\r\n"
        f"Authorization: {_AUTHORIZATION}\r\n"
        "Content-Type: application/x-amz-json-1.0\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
