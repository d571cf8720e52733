"""A limit on how long something may take, for what is done so often that asyncio.timeout costs too much."""

import asyncio
from collections.abc import Awaitable
from typing import Any


async def within(seconds: float, doing: Awaitable[None]) -> None:
    """Awaits it. Raises TimeoutError when it was still not done after so many seconds, and cancels it then.

    What `asyncio.timeout` around it does: a cancellation by somebody else goes on as one, also where both come at once.
    There is no more to it: no deadline that is moved, looked at, or has passed before.
    """
    limit = _Limit(seconds)
    try:
        await doing
    except asyncio.CancelledError as cancelled:
        if limit.end():
            raise TimeoutError from cancelled
        raise
    finally:
        limit.end()


class _Limit:
    """Cancels the task that made it, once, unless it has ended before."""

    __slots__ = ("_cancelling", "_reached", "_task", "_timer")

    def __init__(self, seconds: float) -> None:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("only a task can be cancelled")
        self._task: asyncio.Task[Any] = task
        self._cancelling = task.cancelling()
        self._timer = task.get_loop().call_later(seconds, self._reach)
        self._reached = False

    def end(self) -> bool:
        """Takes back its cancellation, if there was one. True where nobody else wants the task to be cancelled."""
        self._timer.cancel()
        if not self._reached:
            return False
        self._reached = False
        return self._task.uncancel() <= self._cancelling

    def _reach(self) -> None:
        self._reached = True
        self._task.cancel()
