"""Looking at a service's memory again and again while a batch goes on."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from bench.memory.resident import Resident, resident

_PAUSE_SECONDS = 0.2
STEADY_GROWTH = 0.10


@dataclass(frozen=True, slots=True)
class Moment:
    """What the service held when so many lines had been answered."""

    lines: int
    memory: Resident


@dataclass(frozen=True, slots=True)
class Watched:
    """A batch of `lines`, and its moments in order: the first before it began, the last when it had been answered."""

    lines: int
    moments: Sequence[Moment]

    def most_until(self, share: float) -> int:
        """The most bytes by the time that this share of the lines had been answered."""
        return max(one.memory.most for one in self.moments if one.lines <= share * self.lines)

    @property
    def late_growth(self) -> float:
        """By how much, as a part of it, the second half of the lines raised what the first had needed at most."""
        return self.most_until(1.0) / self.most_until(0.5) - 1

    @property
    def is_steady(self) -> bool:
        """Whether memory does not grow with the lines. Something that did would about double."""
        return self.late_growth < STEADY_GROWTH


@asynccontextmanager
async def watching(pid: int, answered: Callable[[], int]) -> AsyncIterator[list[Moment]]:
    """The moments so far, more every 0.2 s until the end, and one at the end."""
    moments = [Moment(answered(), resident(pid))]

    async def look() -> None:
        while True:
            await asyncio.sleep(_PAUSE_SECONDS)
            moments.append(Moment(answered(), resident(pid)))

    task = asyncio.create_task(look())
    try:
        yield moments
        moments.append(Moment(answered(), resident(pid)))
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):  # it was asked to
            await task
