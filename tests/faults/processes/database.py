"""A DynamoDB Local of a test's own, whose data outlives it, and what can happen to its process."""

import asyncio
import os
import shutil
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from app.embedded import Endpoint, default_home, embedded_dynamodb
from tests.conftest import CHOICE
from tests.docker_dynamodb import docker_answers

_IMAGE = "amazon/dynamodb-local:1.25.1"
_START_SECONDS = 60


class LocalDatabase(Protocol):
    """One address, which stays, and a process behind it that comes and goes."""

    @property
    def url(self) -> str: ...

    async def start(self) -> None:
        """Returns when it answers."""

    async def pause(self) -> None:
        """It takes connections and says nothing."""

    async def resume(self) -> None:
        """It goes on where it was."""

    async def kill(self) -> None:
        """SIGKILL; nothing listens any more."""

    async def discard(self) -> None:
        """Nothing is left of it."""


@dataclass(slots=True)
class EmbeddedDatabase:
    """A Java process with its tables in the folder `data`."""

    data: Path
    _port: int = 0
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    _endpoint: Endpoint | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def pid(self) -> int:
        """Java's."""
        assert self._endpoint is not None
        return self._endpoint.pid

    async def start(self) -> None:
        opening = embedded_dynamodb(home=default_home(os.environ), data=self.data, port=self._port)
        self._endpoint = await self._stack.enter_async_context(opening)
        self._port = urlsplit(self._endpoint.url).port or 0

    async def pause(self) -> None:
        os.kill(self.pid, signal.SIGSTOP)

    async def resume(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    async def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        await self._stack.aclose()

    async def discard(self) -> None:
        if self._endpoint is not None and self._endpoint.running():
            await self.kill()  # a stopped process would not hear a kinder word
        await self._stack.aclose()
        await asyncio.to_thread(shutil.rmtree, self.data, ignore_errors=True)


@dataclass(slots=True)
class ContainerDatabase:
    """A container, which keeps its own file system while it is not running."""

    _port: int = 0
    _id: str = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    async def start(self) -> None:
        if self._id:
            await _docker("start", self._id)
        else:
            with socket.create_server(("127.0.0.1", 0)) as free:
                self._port = free.getsockname()[1]
            publish = ("--publish", f"127.0.0.1:{self._port}:8000")
            program = ("-jar", "DynamoDBLocal.jar", "-sharedDb", "-dbPath", "/var/tmp")
            self._id = await _docker("run", "--detach", "--user", "root", *publish, _IMAGE, *program)
        async with asyncio.timeout(_START_SECONDS):
            while not await _answers(self._port):  # noqa: ASYNC110 - another process does it
                await asyncio.sleep(0.05)

    async def pause(self) -> None:
        await _docker("pause", self._id)

    async def resume(self) -> None:
        await _docker("unpause", self._id)

    async def kill(self) -> None:
        await _docker("kill", self._id)

    async def discard(self) -> None:
        if self._id:
            await _docker("rm", "--force", "--volumes", self._id)


def local_database(data: Path) -> LocalDatabase:
    """A container where a Docker engine answers, else embedded; the variable chooses one for certain."""
    choice = os.environ.get(CHOICE, "auto")
    if choice == "docker" or (choice == "auto" and docker_answers()):
        return ContainerDatabase()
    return EmbeddedDatabase(data)


@asynccontextmanager
async def running(database: LocalDatabase) -> AsyncIterator[LocalDatabase]:
    """For as long as the block runs; nothing is left of it."""
    try:
        await database.start()
        yield database
    finally:
        await database.discard()


async def _docker(*arguments: str) -> str:
    process = await asyncio.create_subprocess_exec(
        "docker", *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    said, why = await process.communicate()
    assert process.returncode == 0, why.decode()
    return said.decode().strip()


async def _answers(port: int) -> bool:
    """A request without credentials is answered with 400."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        line = await reader.readline()
        writer.close()
    except OSError:
        return False
    return b" 400 " in line
