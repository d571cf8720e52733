"""The protocol of a server that everybody can reach: nobody takes more connections or memory than there is need for."""

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from app.api.addresses import UNKNOWN, network_of
from app.server.connections import Connections
from app.server.protocol import MAX_HEAD_BYTES
from app.server.refusing import RefusingProtocol
from app.telemetry import CONNECTIONS_REFUSED

# What may come before the answer to an earlier request has been sent. Browsers and libraries send nothing then.
MAX_WAITING = 16
# Bytes that may belong to the form of a chunked body for each byte of it: a chunk of one byte has five.
_FRAMING_PART = 8


class TooManyWaiting(Exception):
    """Raised inside the parser, which stops and answers 400."""


class GuardedProtocol(RefusingProtocol):
    """Refuses connections that are too many; cuts those that send too many requests at once, or a body that is mostly
    something else (extensions of chunks, trailers); begins nothing for a client that has not read its answers."""

    open_connections: Connections

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._address: str | None = None
        self._framing_bytes = 0
        self._body_bytes = 0
        self._unbegun: tuple[RequestResponseCycle, Any] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Closed at once where there is no room for it."""
        super().connection_made(transport)
        address = network_of(self.client[0]) if self.client else UNKNOWN
        too_many = self.open_connections.opened(address)
        if too_many is None:
            self._address = address
        else:
            CONNECTIONS_REFUSED.labels(too_many).inc()
            cast(asyncio.Transport, transport).abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Its place is free again, and what was not begun never will be."""
        self._unbegun = None
        if self._address is not None:
            self.open_connections.closed(self._address)
            self._address = None
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Counts what of a body is not the body. The head has a limit of its own."""
        if self._in_head or self._lingering is not None:
            self._framing_bytes = 0
            super().data_received(data)
            return
        self._body_bytes = 0
        super().data_received(data)
        self._framing_bytes = max(0, self._framing_bytes + len(data) - _FRAMING_PART * self._body_bytes)
        if self._framing_bytes > MAX_HEAD_BYTES and not self._in_head:
            self._cut()

    def on_body(self, body: bytes) -> None:
        """Some of it."""
        self._body_bytes += len(body)
        super().on_body(body)

    def on_headers_complete(self) -> None:
        """One more request."""
        if len(self.pipeline) >= MAX_WAITING:
            raise TooManyWaiting
        super().on_headers_complete()

    def resume_writing(self) -> None:
        """The client has read: what waited for that is begun."""
        super().resume_writing()
        if self._unbegun is not None and not self.transport.is_closing():
            unbegun, self._unbegun = self._unbegun, None
            super()._start_asgi_task(*unbegun)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        if self.flow.write_paused:
            self._unbegun = cycle, app
        else:
            super()._start_asgi_task(cycle, app)
