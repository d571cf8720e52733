"""One deadline, as a connection has several of."""

import asyncio
from asyncio import TimerHandle
from collections.abc import Callable


class Deadline:
    """Calls once, unless stopped or started anew before."""

    def __init__(self, loop: asyncio.AbstractEventLoop, seconds: float, call: Callable[[], None]) -> None:
        self._loop = loop
        self._seconds = seconds
        self._call = call
        self._timer: TimerHandle | None = None

    @property
    def running(self) -> bool:
        """Whether it will call."""
        return self._timer is not None

    def start(self) -> None:
        """From now on, whatever was before."""
        self.stop()
        self._timer = self._loop.call_later(self._seconds, self._reached)

    def stop(self) -> None:
        """Until it is started again."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def end(self) -> None:
        """For ever: what it would have called is let go."""
        self.stop()
        self._call = _nothing

    def _reached(self) -> None:
        self._timer = None
        self._call()


def _nothing() -> None:
    """In the place of what is not called any more."""
