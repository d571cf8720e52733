"""`kickbacks worker` as a process of its own."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(slots=True)
class Worker:
    """At most one process at a time."""

    environment: Mapping[str, str]
    log: Path
    _process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """It need not have begun to work yet."""
        command = (str(Path(sys.executable).parent / "kickbacks"), "worker")
        with self.log.open("ab") as out:
            self._process = await asyncio.create_subprocess_exec(
                *command, env={**os.environ, **self.environment}, stdout=out, stderr=out
            )

    async def kill(self) -> None:
        """SIGKILL: no time to say goodbye."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()


@asynccontextmanager
async def worker(environment: Mapping[str, str], log: Path) -> AsyncIterator[Worker]:
    """A running one; it does not outlive the block."""
    one = Worker(environment, log)
    await one.start()
    try:
        yield one
    finally:
        await one.kill()
