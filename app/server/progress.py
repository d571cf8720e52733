"""How slowly a stream may be sent: only the time that the service really waits for bytes is counted."""

import asyncio
from collections.abc import Callable

from starlette.types import Message, Receive

MIN_BYTES = 512


class Progress:
    """At least MIN_BYTES for every `period_seconds` of waiting; `cut` is called when they did not come.

    While the application is busy, or writes an answer, or reading is paused, the client owes nothing.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, period_seconds: float, cut: Callable[[], None]) -> None:
        self._loop = loop
        self._period_seconds = period_seconds
        self._cut = cut
        self._waited_seconds = 0.0
        self._received_bytes = 0

    def watching(self, receive: Receive) -> Receive:
        """The same `receive`, with its waiting counted."""

        async def watched() -> Message:
            started = self._loop.time()
            timer = self._loop.call_later(self._period_seconds - self._waited_seconds, self._cut)
            try:
                message = await receive()
            finally:
                timer.cancel()
            self._note(len(message.get("body", b"")), self._loop.time() - started)
            return message

        return watched

    def _note(self, size_bytes: int, waited_seconds: float) -> None:
        self._received_bytes += size_bytes
        self._waited_seconds += waited_seconds
        if self._received_bytes >= MIN_BYTES:
            self._received_bytes = 0
            self._waited_seconds = 0.0
