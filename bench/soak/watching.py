"""Looking at a service again and again: what the system says of it, and what it says itself."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from bench.abuse.taken import taken_by
from bench.http_client import Unexpected
from bench.memory.resident import resident
from bench.soak.inside import Held

_ANSWER_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Moment:
    """Seconds since the load began, requests answered until then, bytes and descriptors of the process, and what it
    holds inside."""

    seconds: float
    answered: int
    memory_bytes: int
    descriptors: int
    held: Held


@dataclass(frozen=True, slots=True)
class Watcher:
    """Of a process that `bench.soak.inside` is; `file` is where it tells."""

    pid: int
    file: Path

    async def held(self, *, at_rest: bool) -> Held:
        """Raises Unexpected when it does not tell."""
        told = len(self.file.read_bytes().splitlines())
        os.kill(self.pid, signal.SIGUSR2 if at_rest else signal.SIGUSR1)
        deadline = time.monotonic() + _ANSWER_SECONDS
        while time.monotonic() < deadline:
            lines = self.file.read_bytes().splitlines(keepends=True)
            if len(lines) > told and lines[-1].endswith(b"\n"):
                return msgspec.json.decode(lines[-1], type=Held)
            await asyncio.sleep(0.01)
        raise Unexpected("the service does not say what it holds")

    async def look(self, seconds: float, answered: int, *, at_rest: bool = False) -> Moment:
        """`at_rest` it looks for garbage first. Raises Unexpected."""
        held, taken = await self.held(at_rest=at_rest), taken_by(self.pid)
        return Moment(seconds, answered, resident(self.pid).now, taken.descriptors, held)


@asynccontextmanager
async def watching(
    watcher: Watcher, every_seconds: float, answered: Callable[[], int], say: Callable[[Moment], None]
) -> AsyncIterator[list[Moment]]:
    """The moments so far, each told as well, and one at the end."""
    started, moments = time.monotonic(), list[Moment]()

    async def look() -> None:
        moments.append(await watcher.look(time.monotonic() - started, answered()))
        say(moments[-1])

    async def keep_looking() -> None:
        while True:
            await look()
            await asyncio.sleep(every_seconds)

    task = asyncio.create_task(keep_looking())
    try:
        yield moments
        if task.done():
            task.result()  # raises why it looked no more
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):  # it was asked to
            await task
    await look()
