"""How the server stops: first it says so, then it stops listening, then it ends what it had begun."""

import asyncio
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import uvicorn


class DrainingServer(uvicorn.Server):
    """SIGTERM: `announce` is called, and requests are served for `drain_seconds` more before the socket closes.

    SIGINT, or a second signal, closes the socket at once; another SIGINT after that also gives up on open requests.
    `on_ready` is called once it accepts connections; setting `stop` is as good as SIGINT.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        *,
        announce: Callable[[], None],
        drain_seconds: float,
        on_ready: Callable[[], None] | None = None,
        stop: asyncio.Event | None = None,
    ) -> None:
        super().__init__(config)
        self._announce = announce
        self._on_ready = on_ready
        self._stop = stop
        self._drain_seconds = drain_seconds
        self._drained_at: float | None = None

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """uvicorn raises the signal again at the end, so that the process dies of it (143): a clean stop is 0."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, _frame: FrameType | None) -> None:
        """Called by a signal."""
        if sig == signal.SIGTERM and self._drained_at is None and not self.should_exit:
            self._announce()
            self._drained_at = time.monotonic() + self._drain_seconds
        elif self.should_exit and sig == signal.SIGINT:
            self.force_exit = True
        else:
            self._announce()
            self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Tells when connections are accepted."""
        await super().startup(sockets)
        if self._on_ready is not None:
            self._on_ready()

    async def on_tick(self, counter: int) -> bool:
        """Ten times a second."""
        drained = self._drained_at is not None and time.monotonic() >= self._drained_at
        if drained or (self._stop is not None and self._stop.is_set()):
            self.should_exit = True
        return await super().on_tick(counter)
