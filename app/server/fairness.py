"""No connection keeps the others waiting: what comes at once is read in slices, with everybody's turn in between."""

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.flow_control import FlowControl

from app.server.connections import Connections
from app.server.guarding import GuardedProtocol

SLICE_BYTES = 16 * 1024
"""As large as a head may be. Three thousand objects at most are made of it, chunks of one byte each: some
milliseconds of work."""


class SlicedFlow(FlowControl):
    """Does not read on, whoever asks for it, while there is something left to hand out."""

    def __init__(self, transport: asyncio.Transport) -> None:
        super().__init__(transport)
        self._holding = False

    def hold(self) -> None:
        """There is something left."""
        self._holding = True
        self._transport.pause_reading()

    def release(self) -> None:
        """There is not any more."""
        self._holding = False
        if not self.read_paused:
            self._transport.resume_reading()

    def resume_reading(self) -> None:
        """As soon as nothing is left."""
        if self._holding:
            self.read_paused = False
        else:
            super().resume_reading()


class FairProtocol(GuardedProtocol):
    """Hands out SLICE_BYTES in one turn of the loop."""

    flow: SlicedFlow

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._left = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """With a flow of its own."""
        super().connection_made(transport)
        self.flow = SlicedFlow(cast(asyncio.Transport, transport))

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody wants an answer to what is left."""
        self._left = b""
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """The first slice of it now."""
        if len(data) <= SLICE_BYTES and not self._left:
            super().data_received(data)
            return
        if not self._left:
            self.flow.hold()
            self.loop.call_soon(self._next_slice)
        self._left += data

    def _next_slice(self) -> None:
        if not self._left or self.transport.is_closing():
            self._left = b""
            return
        data, self._left = self._left[:SLICE_BYTES], self._left[SLICE_BYTES:]
        super().data_received(data)
        if self._left:
            self.loop.call_soon(self._next_slice)
        elif not self.transport.is_closing():
            self.flow.release()


def guarded_protocol(receive_seconds: float, connections: Connections) -> type[FairProtocol]:
    """uvicorn takes a class and calls it with its own arguments, so what it needs is the class's."""
    return type("Protocol", (FairProtocol,), {"receive_seconds": receive_seconds, "open_connections": connections})
