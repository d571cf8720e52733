"""Projectors as processes of their own, killed as machines die.

Fifty of them are started for one test, so that they come from a process that has already imported everything.
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from app.bootstrap import run_projector
from app.server import run
from app.settings import Settings


@dataclass(slots=True)
class Workers:
    """Some projectors at the same tables. `killed` counts those that were killed."""

    nursery: asyncio.subprocess.Process
    running: set[int] = field(default_factory=set)
    killed: int = 0

    async def start(self) -> int:
        """The process id of one more."""
        assert self.nursery.stdin is not None
        assert self.nursery.stdout is not None
        self.nursery.stdin.write(b"start\n")
        pid = int(await self.nursery.stdout.readline())
        self.running.add(pid)
        return pid

    def kill(self, pid: int) -> None:
        """SIGKILL: no time to say goodbye."""
        os.kill(pid, signal.SIGKILL)
        self.running.remove(pid)
        self.killed += 1


@asynccontextmanager
async def workers(environment: Mapping[str, str]) -> AsyncIterator[Workers]:
    """None at first; none are left at the end."""
    nursery = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.e2e.workers",
        # The first views wait for writes that may be under way.
        env={**os.environ, "REQUEST_SECONDS": "1", **environment},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    some = Workers(nursery)
    try:
        yield some
    finally:
        for pid in list(some.running):
            some.kill(pid)
        nursery.kill()
        await nursery.wait()


def _nursery() -> None:
    """One projector for each line on standard input; its process id is the answer."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks for their exit codes
    for _ in sys.stdin:
        pid = os.fork()
        if pid == 0:
            os.dup2(os.open(os.devnull, os.O_RDWR), 1)
            run(_project())
            os._exit(0)
        print(pid, flush=True)


async def _project() -> None:
    await run_projector(Settings(), asyncio.Event())


if __name__ == "__main__":
    _nursery()
