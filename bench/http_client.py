"""An HTTP client that costs next to nothing, so that what is measured is not the client."""

import asyncio
from collections.abc import Callable
from typing import Self, cast
from urllib.parse import urlsplit

import httptools


class Unexpected(RuntimeError):
    """An answer that makes the measurement worthless. The message has the beginning of it."""


class Connection(asyncio.Protocol):
    """One kept-alive connection, one request at a time. Not pipelined, never reconnected. `server_timing` is the last
    answer's."""

    def __init__(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._body: list[bytes] = []
        self._answer: asyncio.Future[bytes] | None = None
        self._transport: asyncio.Transport | None = None
        self._accepts: int = 200
        self._on_body: Callable[[bytes], None] | None = None
        self.server_timing = b""

    @classmethod
    async def open(cls, url: str) -> Self:
        """Connects to the host and port of a URL."""
        loop, parts = asyncio.get_running_loop(), urlsplit(url)
        _, protocol = await loop.create_connection(cls, parts.hostname or "", parts.port or 0)
        return protocol

    async def ask(self, request: bytes, *, status: int = 200) -> bytes:
        """Sends a whole request and returns the body. Raises Unexpected for any other status, and when cut off."""
        answer = self.begin(request, status=status)
        return await answer

    def begin(
        self, request: bytes, *, status: int = 200, on_body: Callable[[bytes], None] | None = None
    ) -> asyncio.Future[bytes]:
        """Sends a request, or its head only. `on_body` is given the body piece by piece instead of the future."""
        self._accepts, self._on_body, self._body = status, on_body, []
        self._answer = asyncio.get_running_loop().create_future()
        self.send(request)
        return self._answer

    def send(self, part: bytes) -> None:
        """More of a request that was begun."""
        if self._transport is None or self._transport.is_closing():
            raise Unexpected("the connection is closed")
        self._transport.write(part)

    def close(self) -> None:
        """Drops the connection."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the loop."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Called by the loop."""
        self._parser.feed_data(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by the loop."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(Unexpected(f"the connection was closed: {exc}"))

    def on_header(self, name: bytes, value: bytes) -> None:
        """Called by the parser."""
        if name.lower() == b"server-timing":
            self.server_timing = value

    def on_body(self, body: bytes) -> None:
        """Called by the parser."""
        if self._on_body is not None:
            self._on_body(body)
        else:
            self._body.append(body)

    def on_message_complete(self) -> None:
        """Called by the parser."""
        status, body = self._parser.get_status_code(), b"".join(self._body)
        if self._answer is None or self._answer.done():
            return
        if status == self._accepts:
            self._answer.set_result(body)
        else:
            self._answer.set_exception(Unexpected(f"{status} instead of {self._accepts}: {body[:300]!r}"))
