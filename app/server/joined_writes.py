"""An answer's head and body in one write. uvicorn writes one after the other, and each is a call of the system."""

import asyncio
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.http.httptools_impl import RequestResponseCycle


class JoinedWrites(asyncio.Transport):
    """What a cycle writes its one answer to: the head waits for what comes first of the body.

    Not for the answer to a HEAD, of which nothing follows the head. Of all others at least an empty body is written,
    or the connection is closed.
    """

    def __init__(
        self, transport: asyncio.Transport, cycle: RequestResponseCycle, close: Callable[[], None] | None = None
    ) -> None:
        super().__init__()
        self._transport = transport
        self._close = close or transport.close
        self._cycle: RequestResponseCycle | None = cycle
        self._head: bytes | None = None

    def write(self, data: Any) -> None:
        """The first of the answer is its head. What is written before is `100 Continue`."""
        if self._cycle is None or not self._cycle.response_started:
            self._go_on(data)
        else:
            # It refers to this in turn: both would be garbage that does not go by itself.
            self._head, self._cycle = data, None

    def close(self) -> None:
        """With the head, where the application fails behind it."""
        self._go_on(b"")
        self._close()

    def is_closing(self) -> bool:
        """The connection's own."""
        return self._transport.is_closing()

    def _go_on(self, data: bytes) -> None:
        head, self._head = self._head, None
        if self._transport.is_closing():
            return  # the client has been cut, and the application was not told yet
        self._transport.write(data if head is None else head + data)


def join_writes(
    transport: asyncio.Transport, cycle: RequestResponseCycle, close: Callable[[], None] | None = None
) -> None:
    """Of this cycle, which has not begun. `close` is called in the place of the transport's."""
    if cycle.scope["method"] != "HEAD":
        cycle.transport = JoinedWrites(transport, cycle, close)
