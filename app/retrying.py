"""Bounded retries with full jitter: the wait is random between nothing and a bound that doubles."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

FIRST_WAIT_SECONDS = 0.02
LONGEST_WAIT_SECONDS = 0.5
_MANY = 30  # long past the longest wait, and far from overflowing


@dataclass(frozen=True, slots=True)
class Backoff:
    """`random` gives 0 to 1; `sleep` waits that many seconds."""

    attempts: int
    random: Callable[[], float]
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def wait(self, attempt: int) -> None:
        """After the attempt with this number, counted from 0."""
        bound = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** min(attempt, _MANY))
        await self.sleep(bound * self.random())
