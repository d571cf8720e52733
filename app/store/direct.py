"""Calls whose first attempt goes past the SDK's layers, on the SDK's own connections.

Between a call and the wire the SDK resolves the endpoint, walks its models and asks its hooks, anew for each call,
which costs several times what sending the bytes does. So the first attempt is signed here and sent by the SDK's HTTP
session: its pool, proxies, timeouts and TLS. Only a plain success ends there. Whatever else came of it, an error or
silence, is handed to the SDK as the outcome of *its* first attempt: how errors are read stays its business, and whether
there is another attempt is decided in one place for all of them (see retries).
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from zlib import crc32

import msgspec
from botocore.exceptions import BotoCoreError
from yarl import URL

from app.store.breaker import Breaker
from app.store.breakers import Breakers
from app.store.errors import CLIENT_ERRORS
from app.store.outcomes import NO_ANSWER, SETTLED_LATER, TROUBLE, outcome_of
from app.store.retries import Call, Unsettled, current_call
from app.store.retry_budget import RetryBudget
from app.store.signing import Keys, Signer
from app.store.wire import BODY

USER_AGENT = "kickbacks"
_OK = 200
_SECOND_NS = 1_000_000_000
# An answer that came late is still one: there is at least so much time to make something of it.
_TO_READ_NS = 250_000_000

Outcome = Any
"""The SDK's response object, or the SDK's exception."""


class Request(NamedTuple):
    """A signed POST. `start` is what all requests to its `url` begin with; `header_lines` each have their end."""

    url: URL
    start: str
    header_lines: str
    body: bytes

    def encoded(self) -> bytes:
        """As it is sent."""
        head = f"{self.start}{self.header_lines}content-length: {len(self.body)}\r\n\r\n"
        return head.encode("ascii") + self.body


class Answer(NamedTuple):
    """Of any status, read to its end."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    def is_success(self) -> bool:
        """Status 200, and what its checksum says."""
        checksum = self.headers.get("x-amz-crc32")
        return self.status == _OK and (checksum is None or int(checksum) == crc32(self.content))


@dataclass(frozen=True, slots=True)
class Way:
    """How to send: where to, signed for whom, through what.

    `keys` may take a moment when they have to be renewed. `post` raises the SDK's exceptions where no answer comes;
    `outcome` makes the SDK's response of another answer.
    """

    url: URL
    start: str
    signer: Signer
    keys: Callable[[], Awaitable[Keys]]
    post: Callable[[Request], Awaitable[Answer]]
    outcome: Callable[[Answer, URL], Outcome]


@dataclass(frozen=True, slots=True)
class Trouble:
    """What a client does about it. `call_ns`: how long a call may take with all its attempts. `clock`: nanoseconds."""

    breakers: Breakers
    budget: RetryBudget
    call_ns: int
    clock: Callable[[], int]


class DirectClient:
    """Has the data calls of the SDK's client, with its errors; answers are `{"Body": bytes}`. Each call also raises
    CircuitOpen, at once, while its table is in trouble, and Unsettled for what may have been carried out.

    `way` is None until the SDK has sent a call by itself, which shows the endpoint it has chosen.
    """

    def __init__(self, sdk: Any, way: Callable[[], Way | None], trouble: Trouble) -> None:
        self._sdk = sdk
        self._way = way
        self._reads = trouble.breakers.reads
        self._writes = trouble.breakers.writes
        self._budget = trouble.budget
        self._call_ns = trouble.call_ns
        self._clock = trouble.clock

    def reads_well(self, table: str) -> bool:
        """No read of the table has failed of late."""
        return self._reads[table].calm

    async def query(self, **request: Any) -> dict[str, Any]:
        """Query"""
        return await self._call("Query", self._sdk.query, request, self._reads[request["TableName"]])

    async def get_item(self, **request: Any) -> dict[str, Any]:
        """GetItem"""
        return await self._call("GetItem", self._sdk.get_item, request, self._reads[request["TableName"]])

    async def put_item(self, **request: Any) -> dict[str, Any]:
        """PutItem"""
        return await self._call("PutItem", self._sdk.put_item, request, self._writes[request["TableName"]])

    async def transact_write_items(self, **request: Any) -> dict[str, Any]:
        """TransactWriteItems, of one table."""
        (action,) = request["TransactItems"][0].values()
        breaker = self._writes[action["TableName"]]
        return await self._call("TransactWriteItems", self._sdk.transact_write_items, request, breaker)

    async def batch_get_item(self, **request: Any) -> dict[str, Any]:
        """BatchGetItem, of one table."""
        (table,) = request["RequestItems"]
        return await self._call("BatchGetItem", self._sdk.batch_get_item, request, self._reads[table])

    async def batch_write_item(self, **request: Any) -> dict[str, Any]:
        """BatchWriteItem, of one table."""
        (table,) = request["RequestItems"]
        return await self._call("BatchWriteItem", self._sdk.batch_write_item, request, self._writes[table])

    async def scan(self, **request: Any) -> dict[str, Any]:
        """Scan"""
        return await self._call("Scan", self._sdk.scan, request, self._reads[request["TableName"]])

    async def _call(
        self,
        operation: str,
        by_sdk: Callable[..., Awaitable[dict[str, Any]]],
        request: dict[str, Any],
        breaker: Breaker,
    ) -> dict[str, Any]:
        started = self._clock()
        ticket = breaker.ticket if breaker.calm else breaker.admit(started)
        way = self._way()
        first: Outcome = None
        if way is not None:
            try:
                answer = await _attempt(way, operation, msgspec.json.encode(request))
            except BotoCoreError as error:
                first = error
            else:
                if answer.is_success():
                    if not breaker.calm:
                        breaker.succeeded(ticket, self._clock())
                    if not self._budget.full:
                        self._budget.earn()
                    return {BODY: answer.content}
                first = way.outcome(answer, way.url)
        return await self._go_on(by_sdk, request, Call(first, breaker, ticket, started + self._call_ns))

    async def _go_on(
        self, by_sdk: Callable[..., Awaitable[dict[str, Any]]], request: dict[str, Any], call: Call
    ) -> dict[str, Any]:
        """Hands it to the SDK, for as long as the call may still take."""
        token = current_call.set(call)
        try:
            async with asyncio.timeout(max(call.until - self._clock(), _TO_READ_NS) / _SECOND_NS):
                answer = await by_sdk(**request)
        except CLIENT_ERRORS as error:
            outcome = outcome_of(error)
            self._note_end(call, outcome, error)
            if call.unsettled and outcome in SETTLED_LATER:
                raise Unsettled from error
            raise
        finally:
            current_call.reset(token)
        call.breaker.succeeded(call.ticket, self._clock())
        if call.retries:
            self._budget.give_back(call.retries)
        else:
            self._budget.earn()
        return answer

    def _note_end(self, call: Call, outcome: str, error: Exception) -> None:
        """An attempt without an answer has been noted already; but for the one that was given up for lack of time."""
        if outcome in TROUBLE and (outcome != NO_ANSWER or isinstance(error, TimeoutError)):
            call.breaker.failed(call.ticket, self._clock())
        elif outcome not in TROUBLE:
            call.breaker.succeeded(call.ticket, self._clock())


def start_of(url: URL) -> str:
    """What all requests to a place begin with. The SDK reads no compressed answers."""
    always = f"host: {url.host_port_subcomponent}\r\nuser-agent: {USER_AGENT}\r\naccept-encoding: identity\r\n"
    return f"POST {url.raw_path_qs} HTTP/1.1\r\n{always}"


async def _attempt(way: Way, operation: str, body: bytes) -> Answer:
    lines = way.signer.header_lines(await way.keys(), f"DynamoDB_20120810.{operation}", body)
    return await way.post(Request(way.url, way.start, lines, body))


def take_first_outcome() -> Outcome | None:
    """What came of the attempt that was already made for the call the SDK is about to send; None when it is to send it.

    Raises the SDK's exception where no answer came. Asked again, as for a second attempt, it has nothing.
    """
    call = current_call.get()
    if call is None:
        return None
    outcome, call.first = call.first, None
    if isinstance(outcome, Exception):
        raise outcome
    return outcome
