"""Calls whose first attempt goes past the SDK's layers, on the SDK's own connections.

Between a call and the wire the SDK resolves the endpoint, walks its models and asks its hooks, anew for each call,
which costs several times what sending the bytes does. So the first attempt is signed here and sent by the SDK's HTTP
session: its pool, proxies, timeouts and TLS. Only a plain success ends there. Whatever else came of it, an error or
silence, is handed to the SDK as the outcome of *its* first attempt: what is retried, when, and how errors are read
stays its business, and no call is sent more often than it would be.
"""

from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, NamedTuple
from zlib import crc32

import msgspec
from botocore.exceptions import BotoCoreError
from yarl import URL

from app.store.signing import Keys, Signer
from app.store.wire import BODY

USER_AGENT = "kickbacks"
_OK = 200
# Tokens in the SDK's bucket from which retries are paid; each call that succeeds puts one back.
_RETRY_QUOTA = 500

Outcome = Any
"""The SDK's response object, or the SDK's exception."""

_first: ContextVar[Outcome | None] = ContextVar("first_attempt", default=None)


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
    `outcome` makes the SDK's response of another answer. `succeeded` tells the SDK of a call that it has not seen.
    """

    url: URL
    start: str
    signer: Signer
    keys: Callable[[], Awaitable[Keys]]
    post: Callable[[Request], Awaitable[Answer]]
    outcome: Callable[[Answer, URL], Outcome]
    succeeded: Callable[[], Awaitable[None]]


class DirectClient:
    """Has the data calls of the SDK's client, with its errors; answers are `{"Body": bytes}`.

    `way` is None until the SDK has sent a call by itself, which shows the endpoint it has chosen.
    """

    def __init__(self, sdk: Any, way: Callable[[], Way | None]) -> None:
        self._sdk = sdk
        self._way = way
        self._untold = 0

    async def query(self, **request: Any) -> dict[str, Any]:
        """Query"""
        return await self._call("Query", self._sdk.query, request)

    async def get_item(self, **request: Any) -> dict[str, Any]:
        """GetItem"""
        return await self._call("GetItem", self._sdk.get_item, request)

    async def put_item(self, **request: Any) -> dict[str, Any]:
        """PutItem"""
        return await self._call("PutItem", self._sdk.put_item, request)

    async def transact_write_items(self, **request: Any) -> dict[str, Any]:
        """TransactWriteItems"""
        return await self._call("TransactWriteItems", self._sdk.transact_write_items, request)

    async def batch_get_item(self, **request: Any) -> dict[str, Any]:
        """BatchGetItem"""
        return await self._call("BatchGetItem", self._sdk.batch_get_item, request)

    async def batch_write_item(self, **request: Any) -> dict[str, Any]:
        """BatchWriteItem"""
        return await self._call("BatchWriteItem", self._sdk.batch_write_item, request)

    async def scan(self, **request: Any) -> dict[str, Any]:
        """Scan"""
        return await self._call("Scan", self._sdk.scan, request)

    async def _call(
        self, operation: str, by_sdk: Callable[..., Awaitable[dict[str, Any]]], request: dict[str, Any]
    ) -> dict[str, Any]:
        way = self._way()
        if way is None:
            return await by_sdk(**request)
        try:
            answer = await _attempt(way, operation, msgspec.json.encode(request))
        except BotoCoreError as error:
            outcome: Outcome = error
        else:
            if answer.is_success():
                await self._tell_of_success(way)
                return {BODY: answer.content}
            outcome = way.outcome(answer, way.url)
        self._untold = _RETRY_QUOTA
        token = _first.set(outcome)
        try:
            return await by_sdk(**request)
        finally:
            _first.reset(token)

    async def _tell_of_success(self, way: Way) -> None:
        """Retries are paid from a bucket that successes fill: once it may not be full, the SDK has to hear of them."""
        if self._untold:
            self._untold -= 1
            await way.succeeded()


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
    outcome = _first.get()
    if outcome is not None:
        _first.set(None)
    if isinstance(outcome, Exception):
        raise outcome
    return outcome
