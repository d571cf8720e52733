"""Asking the real database, once for each new question."""

import httpx

from bench.canned.answers import Received
from bench.canned.requests import Request

_SECONDS = 30.0
# Of the connection, not of the answer; and what compresses, because who asks next may not have offered to decompress.
_OWN = frozenset({b"host", b"connection", b"keep-alive", b"transfer-encoding", b"content-length", b"accept-encoding"})


class Upstream:
    """`client` has its own pool; `url` is where the real database listens."""

    def __init__(self, client: httpx.AsyncClient, url: str) -> None:
        self._client = client
        self._url = url

    async def ask(self, request: Request) -> Received:
        """Raises httpx.HTTPError."""
        lines = (line.partition(b":") for line in request.head.split(b"\r\n")[1:])
        headers = [(name, value.strip()) for name, _, value in lines if name.lower() not in _OWN]
        answer = await self._client.post(
            self._url, content=request.body, headers=[*headers, (b"Accept-Encoding", b"identity")], timeout=_SECONDS
        )
        kept = tuple((name, value) for name, value in answer.headers.raw if name.lower() not in _OWN)
        return Received(answer.status_code, kept, answer.content)
