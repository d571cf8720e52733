"""Start DynamoDB Local, wait until it answers, stop it."""

import asyncio
import contextlib
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from app.embedded import guardian, java
from app.embedded.distribution import ensure_distribution
from app.embedded.errors import DataInUse, StartFailed
from app.embedded.lock import lock
from app.embedded.log import Log, opened_log

START_S: Final = 60.0
LOCK_WAIT_S: Final = 8.0  # longer than a killed service's database takes to end
_POLL_S: Final = 0.05
_STOP_S: Final = guardian.GRACE_S + 5.0


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A running database: its address, and Java's process id."""

    url: str
    pid: int
    log: Log = field(repr=False)
    _guardian: subprocess.Popen[bytes] = field(repr=False)

    def running(self) -> bool:
        """False once it has ended, be it by a crash; `log.tail()` then says why."""
        return self._guardian.poll() is None


@contextlib.asynccontextmanager
async def embedded_dynamodb(
    *,
    home: Path,
    data: Path | None,
    port: int = 0,
    shared: bool = True,
    start_s: float = START_S,
    lock_wait_s: float = LOCK_WAIT_S,
    clock: Callable[[], float] = time.monotonic,
) -> AsyncIterator[Endpoint]:
    """The real DynamoDB Local on 127.0.0.1, for as long as the block runs.

    `data` None keeps the tables in memory, else they are kept in that folder. Port 0 takes a free one. Every
    region and any credentials see the same tables unless they are not `shared`. It is in a session of its own, so
    that Ctrl-C reaches the service alone, and it ends within seconds of this process even when that is killed.
    Raises DistributionError; DataInUse when another process still has `data` open after `lock_wait_s`
    seconds; StartFailed with the end of the log when it does not answer within `start_s` seconds.
    """
    distribution = await asyncio.to_thread(ensure_distribution, home)
    async with contextlib.AsyncExitStack() as stack:
        held = () if data is None else (await _claim(data, clock() + lock_wait_s, clock),)
        for descriptor in held:
            stack.callback(os.close, descriptor)
        opened = opened_log(home) if data is None else opened_log(data, name="dynamodb.log")
        log = stack.enter_context(opened)
        command = java.command(distribution, data=data, port=port, shared=shared)
        process = _spawn(command, log, held)
        stack.push_async_callback(_stop, process)
        yield await _started(process, log, port, clock() + start_s, clock)


async def _claim(data: Path, deadline: float, clock: Callable[[], float]) -> int:
    """The lock's descriptor goes to Java: the folder is locked until nothing can write to it any more."""
    while (descriptor := _try_lock(data)) is None:
        if clock() >= deadline:
            raise DataInUse(data)
        await asyncio.sleep(_POLL_S)
    return descriptor


def _try_lock(data: Path) -> int | None:
    data.mkdir(parents=True, exist_ok=True)
    return lock(data / "lock", wait_s=0)


def _spawn(command: list[str], log: Log, held: tuple[int, ...]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-I", "-S", guardian.__file__, *command],
        stdin=subprocess.PIPE,
        stdout=log.file,
        stderr=log.file,
        pass_fds=held,
        env=java.environment(os.environ),
        start_new_session=True,
    )


async def _started(
    process: subprocess.Popen[bytes], log: Log, port: int, deadline: float, clock: Callable[[], float]
) -> Endpoint:
    while True:
        text = log.head()
        listening, pid = java.listening_port(text), java.process_id(text)
        if listening is not None and pid is not None and await _answers(listening):
            return Endpoint(f"http://127.0.0.1:{listening}", pid, log, process)
        if java.gave_up(text) or process.poll() is not None:
            reason = f"port {port} is taken" if "Failed to bind" in text else "it gave up"
            raise StartFailed(reason, log.tail())
        if clock() >= deadline:
            raise StartFailed("it did not answer in time", log.tail())
        await asyncio.sleep(_POLL_S)


async def _answers(port: int) -> bool:
    """A request without credentials is answered with 400."""
    try:
        async with asyncio.timeout(5):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                writer.write(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
                return b" 400 " in await reader.readline()
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return False


async def _stop(process: subprocess.Popen[bytes]) -> None:
    """Closing the pipe tells the guardian; waiting in a thread goes on even when this task is cancelled."""
    if process.stdin is not None:
        process.stdin.close()
    await asyncio.to_thread(_wait, process)


def _wait(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(_STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
