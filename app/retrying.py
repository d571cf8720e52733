"""Bounded retries with full jitter: the wait is random between nothing and a bound that doubles."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

FIRST_WAIT_SECONDS = 0.02
LONGEST_WAIT_SECONDS = 0.5
CONFLICT_SECONDS = 0.2
"""The longest wait for somebody else who writes to the same account: they are done in less."""
_MANY = 30  # long past the longest wait, and far from overflowing


@dataclass(frozen=True, slots=True)
class Backoff:
    """`random` gives 0 to 1; `sleep` waits that many seconds. The bound doubles up to `longest`."""

    attempts: int
    random: Callable[[], float]
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    longest: float = LONGEST_WAIT_SECONDS

    async def wait(self, attempt: int) -> None:
        """After the attempt with this number, counted from 0."""
        bound = min(self.longest, FIRST_WAIT_SECONDS * 2 ** min(attempt, _MANY))
        await self.sleep(bound * self.random())
