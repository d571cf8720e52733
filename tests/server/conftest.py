import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import pytest_asyncio

from app.server import listen, serve
from tests.server.tiny_service import settings_with, tiny_app

Started = Callable[[float], Awaitable[int]]


@asynccontextmanager
async def tiny_server(receive_seconds: float, **changes: float) -> AsyncIterator[int]:
    listener = listen("127.0.0.1", 0)
    port = listener.getsockname()[1]
    ready, stop = asyncio.Event(), asyncio.Event()
    settings = settings_with(request_receive_seconds=receive_seconds, shutdown_seconds=1, **changes)
    server = asyncio.create_task(serve(tiny_app(), listener, settings, on_ready=lambda _: ready.set(), stop=stop))
    try:
        await asyncio.wait_for(ready.wait(), 20)
        yield port
    finally:
        stop.set()
        await asyncio.wait_for(server, 20)


@pytest_asyncio.fixture
async def start() -> AsyncIterator[Started]:
    """Starts a server that gives clients so many seconds, and returns its port."""
    async with AsyncExitStack() as servers:

        async def started(receive_seconds: float) -> int:
            return await servers.enter_async_context(tiny_server(receive_seconds))

        yield started
