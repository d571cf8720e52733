"""A circuit breaker: calls to what does not answer fail at once, and one now and then finds out whether it does again.

Closed, calls go through. Open, none does but one probe in each `probe_ns`; the first probe that succeeds closes it. It
opens when at least `calls` have ended, and half of them or more failed, within the last `window_ns`, reaching back no
further than the oldest failure in there: what went well before anything failed says nothing about now, and with it in
the count a total outage would go unnoticed for half the window.

Whole numbers of nanoseconds by a clock that is never set. While nothing has failed of late there is nothing to count,
and whoever calls needs to look at `calm` only.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

_SECOND = 1_000_000_000


@dataclass(frozen=True, slots=True)
class BreakerRule:
    """When it opens, and how often it looks whether it may close."""

    calls: int = 20
    window_ns: int = 10 * _SECOND
    probe_ns: int = 2 * _SECOND


class CircuitOpen(Exception):
    """The call was not made: of the last ones too many had failed."""


@dataclass(slots=True)
class _Second:
    """Calls that ended within one second."""

    number: int
    succeeded: int = 0
    failed: int = 0


class Breaker:
    """Of what is done with a `table`. `changed` is given it when it has opened or closed."""

    __slots__ = ("_changed", "_opened", "_probe_at", "_rule", "_seconds", "calm", "closed", "table", "ticket")

    def __init__(self, table: str, rule: BreakerRule, changed: Callable[["Breaker"], None]) -> None:
        self.table = table
        self._rule = rule
        self._changed = changed
        self._seconds: deque[_Second] = deque()
        self._opened = 0
        self._probe_at = 0
        self.closed = True
        self.calm = True
        """Closed, and no failure to be remembered: calls need no `admit`, and their success need not be told."""
        self.ticket = 0
        """What calls that begin now tell their end with. An end whose ticket is of an earlier time is no news."""

    def admit(self, now: int) -> int:
        """A ticket. Raises CircuitOpen."""
        if not self.closed:
            if now < self._probe_at:
                raise CircuitOpen
            self._probe_at = now + self._rule.probe_ns
            self.ticket += 1
        return self.ticket

    def succeeded(self, ticket: int, now: int) -> None:
        """A call that was let through with this ticket has ended well."""
        if not self.closed:
            if ticket > self._opened:
                self._close()
        elif ticket == self.ticket and not self.calm:
            self._this_second(now).succeeded += 1
            self._forget_old(now)

    def failed(self, ticket: int, now: int) -> None:
        """It has failed for a reason that is not its own."""
        if not self.closed:
            if ticket > self._opened:
                self._probe_at = now + self._rule.probe_ns
            return
        if ticket != self.ticket:
            return
        self.calm = False
        self._this_second(now).failed += 1
        self._forget_old(now)
        failed = sum(second.failed for second in self._seconds)
        calls = failed + sum(second.succeeded for second in self._seconds)
        if calls >= self._rule.calls and 2 * failed >= calls:
            self._open(now)

    def _open(self, now: int) -> None:
        self._seconds.clear()
        self.closed = False
        self.ticket += 1
        self._opened = self.ticket
        self._probe_at = now + self._rule.probe_ns
        self._changed(self)

    def _close(self) -> None:
        self.closed = self.calm = True
        self.ticket += 1
        self._changed(self)

    def _this_second(self, now: int) -> _Second:
        number = now // _SECOND
        if not self._seconds or self._seconds[-1].number != number:
            self._seconds.append(_Second(number))
        return self._seconds[-1]

    def _forget_old(self, now: int) -> None:
        """What is out of the window, and what went well before the oldest failure within it."""
        oldest = (now - self._rule.window_ns) // _SECOND
        while self._seconds and (self._seconds[0].number <= oldest or not self._seconds[0].failed):
            self._seconds.popleft()
        self.calm = not self._seconds
