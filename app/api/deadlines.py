"""A limit on how long something may take, for what is done so often that asyncio.timeout costs too much."""

import asyncio
from collections.abc import Awaitable
from typing import Any

from app.timers import Timers


class TimeLimit:
    """So many seconds for everything that is awaited through it."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timers: Timers[_Limit]

    async def within(self, doing: Awaitable[None]) -> None:
        """Awaits it. Raises TimeoutError when it was still not done after the seconds, and cancels it then.

        What `asyncio.timeout` around it does: a cancellation by somebody else goes on as one, also where both come at
        once. There is no more to it: no deadline that is moved, looked at, or has passed before.
        """
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("only a task can be cancelled")
        limit = _Limit(task)
        timers = self._timers_of(task.get_loop())
        timers.start(limit)
        try:
            await doing
        except asyncio.CancelledError as cancelled:
            if limit.end():
                raise TimeoutError from cancelled
            raise
        finally:
            timers.stop(limit)
            limit.end()

    def _timers_of(self, loop: asyncio.AbstractEventLoop) -> Timers["_Limit"]:
        if loop is not self._loop:
            self._loop, self._timers = loop, Timers(loop, self._seconds, _Limit.reach)
        return self._timers


class _Limit:
    """Cancels a task, once, and takes that back."""

    __slots__ = ("_cancelling", "_reached", "_task")

    def __init__(self, task: asyncio.Task[Any]) -> None:
        self._task = task
        self._cancelling = task.cancelling()
        self._reached = False

    def reach(self) -> None:
        """It took too long."""
        self._reached = True
        self._task.cancel()

    def end(self) -> bool:
        """Takes back its cancellation, if there was one. True where nobody else wants the task to be cancelled."""
        if not self._reached:
            return False
        self._reached = False
        return self._task.uncancel() <= self._cancelling
