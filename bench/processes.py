"""The processes beside this one: servers, and the bare side. Each is stopped whatever happens."""

import asyncio
import contextlib
import os
import socket
import sys
import tempfile
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import IO

import msgspec

from app.cli.dev_environment import use_embedded, use_local
from bench.bare import Order
from bench.http_client import Connection, Unexpected
from bench.pace import GRACE_SECONDS
from bench.rows import Sample

_START_SECONDS = 120.0
_STOP_SECONDS = 10.0
_POLL_SECONDS = 0.1
_LOG_TAIL_BYTES = 2_000
_SERVE = "from app.cli.main import main; main()"


@dataclass(frozen=True, slots=True)
class Service:
    """A server that answers."""

    url: str
    pid: int


class BareSide:
    """The bare side's process, one order at a time."""

    def __init__(self, process: Process) -> None:
        self._process = process

    async def measure(self, order: Order) -> Sample:
        """Raises Unexpected when it ended instead; its reason is on standard error."""
        if self._process.stdin is None or self._process.stdout is None:
            raise Unexpected("the bare side has no pipes")
        self._process.stdin.write(msgspec.json.encode(order) + b"\n")
        async with asyncio.timeout(order.seconds + 2 * GRACE_SECONDS):
            line = await self._process.stdout.readline()
        if not line:
            raise Unexpected("the bare side ended")
        return msgspec.json.decode(line, type=Sample)


def child_environment(database_url: str) -> dict[str, str]:
    """Ours, with the settings for a service of its own on that database."""
    environment = dict(os.environ)
    # On a busy machine a slow answer is a figure, not an error.
    environment |= {"DATABASE_CONNECT_SECONDS": "20", "DATABASE_READ_SECONDS": "20", "REQUEST_SECONDS": "60"}
    # And work that waits is what is measured: nothing of it is turned away.
    environment |= {"MAX_REQUESTS": "2000"}
    use_local(environment)
    use_embedded(environment, database_url)
    return environment


@contextlib.asynccontextmanager
async def service(environment: dict[str, str], program: str = "") -> AsyncIterator[Service]:
    """`kickbacks serve` on a free port, or a module's `serve`. Raises Unexpected, with the end of its log, when it does
    not get ready."""
    command = ["-m", program] if program else ["-c", _SERVE]
    async with server([*command, "serve"], environment, is_ready=_is_ready) as one:
        yield one


@contextlib.asynccontextmanager
async def server(
    arguments: Sequence[str], environment: dict[str, str], *, is_ready: Callable[[str], Awaitable[bool]] | None = None
) -> AsyncIterator[Service]:
    """Python with the arguments and `--port` with a free one. It is ready when it accepts connections, or as said.

    Raises Unexpected, with the end of its log, when it does not get ready.
    """
    port = _free_port()
    with tempfile.TemporaryFile() as log:
        command = [sys.executable, *arguments, "--port", str(port)]
        process = await asyncio.create_subprocess_exec(*command, env=environment, stdout=log, stderr=log)
        try:
            url = f"http://127.0.0.1:{port}"
            await _until_ready(url, process, log, is_ready or _accepts)
            yield Service(url, process.pid)
        finally:
            await _stop(process)


@contextlib.asynccontextmanager
async def bare_side(environment: dict[str, str]) -> AsyncIterator[BareSide]:
    """The process of bench.bare."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.bare", env=environment, stdin=PIPE, stdout=PIPE
    )
    try:
        yield BareSide(process)
    finally:
        await _stop(process)


async def _until_ready(url: str, process: Process, log: IO[bytes], is_ready: Callable[[str], Awaitable[bool]]) -> None:
    try:
        async with asyncio.timeout(_START_SECONDS):
            while process.returncode is None:
                if await is_ready(url):
                    return
                await asyncio.sleep(_POLL_SECONDS)
    except TimeoutError:
        pass  # told below, as a service that ended by itself
    log.seek(max(0, log.seek(0, os.SEEK_END) - _LOG_TAIL_BYTES))
    raise Unexpected(f"a server did not get ready:\n{log.read().decode(errors='replace')}")


async def _accepts(url: str) -> bool:
    try:
        (await Connection.open(url)).close()
    except OSError:
        return False
    return True


async def _is_ready(url: str) -> bool:
    try:
        connection = await Connection.open(url)
    except OSError:
        return False
    try:
        await connection.ask(b"GET /health/ready HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    except Unexpected:
        return False
    finally:
        connection.close()
    return True


async def _stop(process: Process) -> None:
    with contextlib.suppress(ProcessLookupError):  # it has ended by itself
        process.terminate()
    try:
        async with asyncio.timeout(_STOP_SECONDS):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port
