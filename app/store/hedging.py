"""Asking a second time when the first answer does not come: of many reads at once, the slowest is what is waited for.

The same request is sent again after a while; whichever is answered first counts, and the other is cancelled, which
closes its connection. Of a hundred reads five may be asked twice, and a few more after a quiet time, so that hedging
cannot double the load on what is slow because it has too much of it.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

A = TypeVar("A")
Ask = Callable[[], Coroutine[Any, Any, A]]
_READS_FOR_A_HEDGE = 20
_SAVED_HEDGES = 10


class Hedging:
    """`after` in seconds; 0 is never. `allowed` is asked before a second request: False while the table is in trouble.
    `count` is told what became of it: "won", "lost", or "refused" where it was not sent."""

    def __init__(self, after: float, allowed: Callable[[], bool], count: Callable[[str], None]) -> None:
        self._after = after
        self._allowed = allowed
        self._count = count
        self._most = self._saved = _SAVED_HEDGES * _READS_FOR_A_HEDGE

    async def answer_of(self, ask: Ask[A]) -> A:
        """What the first of the two answers, and where that one fails, what the other does.

        Raises what the first request raises when neither has an answer.
        """
        if not self._after:
            return await ask()
        if self._saved < self._most:
            self._saved += 1
        race = _Race(ask, self._may_hedge)
        try:
            answer: A = await race.run(self._after)
        finally:
            if race.hedged:
                self._count("won" if race.won else "lost")
        return answer

    def _may_hedge(self) -> bool:
        if self._saved < _READS_FOR_A_HEDGE or not self._allowed():
            self._count("refused")
            return False
        self._saved -= _READS_FOR_A_HEDGE
        return True


NEVER = Hedging(0, lambda: False, lambda _: None)
"""For whoever reads without haste."""


class _Race:
    """The first request runs in the task that wants its answer, as it would without a second one: a task for each would
    cost more than sending it does. When the second one answers first, the first is cancelled in there."""

    __slots__ = ("_ask", "_before", "_may_hedge", "_over", "_second", "_task", "won")

    def __init__(self, ask: Ask[Any], may_hedge: Callable[[], bool]) -> None:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("only a task can be cancelled")
        self._ask = ask
        self._may_hedge = may_hedge
        self._task: asyncio.Task[Any] = task
        self._before = task.cancelling()
        self._second: asyncio.Task[Any] | None = None
        self._over = False
        self.won = False
        """The second request's answer is the one that counts."""

    @property
    def hedged(self) -> bool:
        """Whether there was a second request."""
        return self._second is not None

    async def run(self, after: float) -> Any:
        """The answer."""
        timer = self._task.get_loop().call_later(after, self._late)
        try:
            return await self._ask()
        except asyncio.CancelledError:
            if self._second is None or not self._is_only_ours():
                raise
            return self._second.result()
        except Exception:  # whatever it is: it is raised again unless the other has an answer
            answered = await self._second_answers()
            if answered is None:
                raise
            return answered.result()
        finally:
            self._over = True
            timer.cancel()
            if self._second is not None:
                self._second.cancel()

    def _late(self) -> None:
        if not self._over and self._may_hedge():
            self._second = self._task.get_loop().create_task(self._ask())
            self._second.add_done_callback(self._answered)

    def _answered(self, second: asyncio.Task[Any]) -> None:
        if _failed(second) or self._over:
            return
        self._over = self.won = True
        self._task.cancel()

    def _is_only_ours(self) -> bool:
        """Takes back our own cancellation, if there was one. True where nobody else wants the task to be cancelled."""
        return self.won and self._task.uncancel() <= self._before

    async def _second_answers(self) -> asyncio.Task[Any] | None:
        """Waits for it, now that the first has failed. None when there is none, or it failed as well."""
        if self.won:  # both at once: the first failed while it was being cancelled
            self._task.uncancel()
        self._over = True
        if self._second is None:
            return None
        await asyncio.wait([self._second])
        self.won = not _failed(self._second)
        return self._second if self.won else None


def _failed(task: asyncio.Task[Any]) -> bool:
    """Asked of every one that ends: an exception that nobody has looked at is reported when the task is gone."""
    return task.cancelled() or task.exception() is not None
