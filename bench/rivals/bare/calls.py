"""Calls to DynamoDB as bytes in, bytes out: aiohttp's session and nothing around it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
from yarl import URL

from bench.http_client import Unexpected
from bench.rivals.basics import Basics

# DynamoDB Local wants to see the form of a signature and does not check it.
_UNSIGNED = (
    "AWS4-HMAC-SHA256 Credential=local/20230501/ap-northeast-1/dynamodb/aws4_request, "
    "SignedHeaders=host;x-amz-date;x-amz-target, Signature=" + "0" * 64
)
_QUERY = "Query"
_TRANSACT = "TransactWriteItems"


@dataclass(frozen=True, slots=True)
class Calls:
    """The two operations that all works are made of. Headers are made once."""

    session: aiohttp.ClientSession
    url: URL
    headers: dict[str, dict[str, str]]

    async def query(self, body: bytes) -> bytes:
        """Raises Unexpected for any answer that is not 200."""
        return await self._post(_QUERY, body)

    async def transact(self, body: bytes) -> bytes:
        """The same."""
        return await self._post(_TRANSACT, body)

    async def _post(self, operation: str, body: bytes) -> bytes:
        async with self.session.post(self.url, data=body, headers=self.headers[operation]) as answer:
            content = await answer.read()
            if answer.status != 200:
                raise Unexpected(f"{operation} was answered by {answer.status}: {content[:300]!r}")
            return content


@asynccontextmanager
async def opened(known: Basics) -> AsyncIterator[Calls]:
    """With as many connections as are asked for, and without timeouts."""
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(
        connector=connector, timeout=aiohttp.ClientTimeout(total=None), auto_decompress=False
    ) as session:
        yield Calls(session, URL(known.endpoint), {one: _headers(one) for one in (_QUERY, _TRANSACT)})


def _headers(operation: str) -> dict[str, str]:
    return {
        "X-Amz-Target": f"DynamoDB_20120810.{operation}",
        "X-Amz-Date": "20230501T000000Z",
        "Authorization": _UNSIGNED,
        "Content-Type": "application/x-amz-json-1.0",
    }
