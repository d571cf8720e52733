"""The servers that are compared: the service and its rivals, each one worker on one core."""

import asyncio
from collections.abc import Iterable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from enum import StrEnum

from bench.processes import Service, server, service


class Side(StrEnum):
    """Whoever answers. The rivals are modules of bench.rivals."""

    SERVICE = "service"
    FLOOR = "floor"
    AIODYNAMO = "aiodynamo"
    RESOURCE = "resource"
    THREADS = "threads"


# As the service runs: the same parser and loop, no access log, nothing added to the answers.
_UVICORN = ["--http", "httptools", "--loop", "uvloop", "--lifespan", "on", "--log-level", "warning"]
_NOTHING_MORE = ["--no-access-log", "--no-proxy-headers", "--no-server-header"]


async def started(stack: AsyncExitStack, sides: Iterable[Side], environment: dict[str, str]) -> dict[Side, Service]:
    """All of them, started at once. The stack stops them.

    Raises Unexpected when one does not get ready.
    """
    chosen = list(sides)
    starting = [stack.enter_async_context(_server(side, environment)) for side in chosen]
    servers = await asyncio.gather(*starting, return_exceptions=True)  # all: none is left starting when one has failed
    ready: dict[Side, Service] = {}
    for side, one in zip(chosen, servers, strict=True):
        if isinstance(one, BaseException):
            raise one
        ready[side] = one
    return ready


def _server(side: Side, environment: dict[str, str]) -> AbstractAsyncContextManager[Service]:
    if side is Side.SERVICE:
        return service(environment)
    app = f"bench.rivals.{side}:create"
    return server(["-m", "uvicorn", app, "--factory", *_UVICORN, *_NOTHING_MORE], environment)
