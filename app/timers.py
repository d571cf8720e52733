"""Many deadlines of the same length, with one timer of the event loop.

Nearly every deadline is taken back long before it is reached. A timer of its own for each costs several times what a
place in a queue does; and as all of them wait equally long, the first that was started is the first that is over.
"""

from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

K = TypeVar("K")

# Loops count in milliseconds: what is over within this one is over.
_SLACK_SECONDS = 0.001


class Loop(Protocol):
    """What is needed of an event loop."""

    def time(self) -> float:
        """In seconds. It never goes back."""
        ...

    def call_at(self, when: float, callback: Callable[[], object], /) -> object:
        """Calls it once, at that time."""
        ...


class Timers(Generic[K]):
    """Calls `over` with each key that was started `seconds` ago and not stopped since. For one event loop."""

    __slots__ = ("_due", "_loop", "_over", "_seconds", "_timer")

    def __init__(self, loop: Loop, seconds: float, over: Callable[[K], None]) -> None:
        self._loop = loop
        self._seconds = seconds
        self._over = over
        self._due: dict[K, float] = {}  # in the order in which they are over
        self._timer: object | None = None

    def start(self, key: K) -> None:
        """Begins to wait; anew where it was waiting already."""
        self._due.pop(key, None)  # its new place is the last
        due = self._due[key] = self._loop.time() + self._seconds
        if self._timer is None:
            self._timer = self._loop.call_at(due, self._reached)

    def stop(self, key: K) -> None:
        """Does nothing where it is not waiting: never started, stopped before, or over."""
        self._due.pop(key, None)

    def __len__(self) -> int:
        return len(self._due)

    def _reached(self) -> None:
        over = self._loop.time() + _SLACK_SECONDS
        try:
            while self._due:
                key, due = next(iter(self._due.items()))
                if due > over:
                    break
                del self._due[key]
                self._over(key)
        finally:  # whatever was called: the others are still to be told
            self._timer = self._loop.call_at(next(iter(self._due.values())), self._reached) if self._due else None
