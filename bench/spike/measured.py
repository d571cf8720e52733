"""The most there can be, then the usual, ten times that, and the usual again, without a pause."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from itertools import pairwise

from bench.http_client import Unexpected
from bench.loaded_service import Database, Loaded, loaded_service
from bench.memory.resident import resident
from bench.open_loop import OpenLoop
from bench.spike.verdicts import Part, Spike

TIMES = 10
_WARM_UP_SECONDS = 3.0
_LOOK_SECONDS = 0.1
# Of the one that sends: with these it never has to wait for an answer to send the next.
_MOST_CONNECTIONS = 4_000


@dataclass(frozen=True, slots=True)
class Plan:
    """`usual` is the percentage of the most there can be that is sent before and after; `seconds` are the spike's."""

    database: Database
    usual: int
    seconds: float
    quiet_seconds: float


@dataclass(frozen=True, slots=True)
class Measured:
    """The spike, and whether the service had a core of its own."""

    spike: Spike
    pinned: bool


async def measure_spike(plan: Plan, say: Callable[[str], None]) -> Measured:
    """Raises EmbeddedError, Unexpected, TimeoutError."""
    async with loaded_service(plan.database) as loaded:
        say("warming up")
        await loaded.most_per_second(_WARM_UP_SECONDS)
        say("finding the most there can be")
        most = await loaded.most_per_second(plan.seconds)
        async with _most_memory(loaded.service.pid) as memory:
            return Measured(await _spike(loaded, plan, most, memory, say), loaded.pinned)


async def _spike(loaded: Loaded, plan: Plan, most: float, memory: list[int], say: Callable[[str], None]) -> Spike:
    usual, clock = most * plan.usual / 100, asyncio.get_running_loop().time
    moments = [clock()]
    async with OpenLoop(loaded.service.url, loaded.requests, most_connections=_MOST_CONNECTIONS) as load:
        for times, seconds in ((1, plan.quiet_seconds), (TIMES, plan.seconds), (1, plan.quiet_seconds)):
            say(f"{times * usual:,.0f} a second for {seconds:g} s")
            await load.send(times * usual, seconds)
            moments.append(clock())
        answers = await load.finish()
        if load.unsent:
            raise Unexpected(f"{load.unsent:,} requests were not sent: {_MOST_CONNECTIONS:,} waited for their answers")
    before, during, after = (Part.of(answers, begin, end) for begin, end in pairwise(moments))
    return Spike(most, before, during, after, memory[0], max(memory))


@asynccontextmanager
async def _most_memory(pid: int) -> AsyncIterator[list[int]]:
    """Bytes, the first from before."""
    seen = [resident(pid).now]

    async def look() -> None:
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            seen.append(resident(pid).now)

    task = asyncio.create_task(look())
    try:
        yield seen
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):  # it was asked to
            await task
