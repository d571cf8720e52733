"""The service as a process of its own, started as people start it, and killed as machines do."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

_START_SECONDS = 60
_STOP_SECONDS = 40


@dataclass(slots=True)
class Service:
    """One address; at most one process at a time behind it. `log`: the file that what it writes is added to."""

    url: str
    port: int
    environment: Mapping[str, str]
    log: Path = Path(os.devnull)
    _process: asyncio.subprocess.Process | None = field(default=None)

    async def start(self) -> None:
        """Starts it and waits until it is ready."""
        command = (str(Path(sys.executable).parent / "kickbacks"), "serve", "--port", str(self.port))
        environment = {**os.environ, **self.environment}
        with self.log.open("ab") as out:
            errors = out if self.log != Path(os.devnull) else None  # else shown with the test's own
            self._process = await asyncio.create_subprocess_exec(*command, env=environment, stdout=out, stderr=errors)
        async with asyncio.timeout(_START_SECONDS), httpx.AsyncClient() as http:
            while not await self._is_ready(http):
                assert self._process.returncode is None, "the service ended while it started"
                await asyncio.sleep(0.05)

    @property
    def pid(self) -> int:
        """Of the process that runs now."""
        assert self._process is not None
        return self._process.pid

    async def kill(self) -> None:
        """SIGKILL: no time to say goodbye."""
        await self.stop(signal.SIGKILL)

    async def stop(self, with_signal: signal.Signals = signal.SIGTERM) -> int:
        """The exit code after the signal."""
        process = self._process
        assert process is not None
        if process.returncode is None:
            process.send_signal(with_signal)
        async with asyncio.timeout(_STOP_SECONDS):
            return await process.wait()

    async def _is_ready(self, http: httpx.AsyncClient) -> bool:
        try:
            return (await http.get(f"{self.url}/health/ready", timeout=5)).status_code == 200
        except httpx.TransportError:
            return False


@asynccontextmanager
async def service(environment: Mapping[str, str], log: Path = Path(os.devnull)) -> AsyncIterator[Service]:
    """Started, and stopped at the end whatever happened."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    one = Service(f"http://127.0.0.1:{port}", port, environment, log)
    await one.start()
    try:
        yield one
    finally:
        await one.kill()
