"""The versions of the service that are profiled, each a process of its own on the canned database."""

import asyncio
import os
import pstats
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.http_client import Unexpected
from bench.processes import Service, server
from bench.profile.accounting import Stats

_PROGRAM = Path(__file__).with_name("profiled.py")
_POLL_SECONDS = 0.01
_POLLS = 3_000


@dataclass(frozen=True, slots=True)
class Profiled:
    """A service that answers, and the file in which it leaves what its profiler saw."""

    service: Service
    file: Path

    def begin(self) -> None:
        """Switches the profiler on."""
        os.kill(self.service.pid, signal.SIGUSR1)

    async def end(self) -> Stats:
        """Switches it off. What it saw since `begin`. Raises Unexpected where nothing is written in time."""
        self.file.unlink(missing_ok=True)
        os.kill(self.service.pid, signal.SIGUSR2)
        for _ in range(_POLLS):
            if self.file.exists():
                seen: Any = pstats.Stats(str(self.file))
                stats: Stats = seen.stats
                return stats
            await asyncio.sleep(_POLL_SECONDS)
        raise Unexpected("the profiler has written nothing")


@asynccontextmanager
async def started(tree: Path, environment: dict[str, str], file: Path) -> AsyncIterator[Profiled]:
    """The version whose `app` is in the folder `tree`."""
    arguments = ["-P", str(_PROGRAM), str(file)]
    async with server(arguments, {**environment, "PYTHONPATH": str(tree)}) as one:
        yield Profiled(one, file)


def this_version() -> Path:
    """The folder whose `app` this process would import."""
    app = sys.modules["app"].__file__
    return Path(str(app)).parents[1]
