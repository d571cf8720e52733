"""An ASGI application in this process, started and stopped by the messages of the ASGI lifespan protocol."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from httpx import ASGITransport, AsyncClient


@asynccontextmanager
async def client_of(app: Any) -> AsyncIterator[AsyncClient]:
    """A client of the application between its start and its end."""
    told: asyncio.Queue[Mapping[str, Any]] = asyncio.Queue()
    said: asyncio.Queue[Mapping[str, Any]] = asyncio.Queue()
    task = asyncio.create_task(app({"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}, told.get, said.put))
    await told.put({"type": "lifespan.startup"})
    await _answered(task, said, "lifespan.startup.complete")
    try:
        transport = ASGITransport(app=app)
        async with AsyncClient(transport=transport, base_url="http://rival.test", timeout=60) as http:
            yield http
    finally:
        await told.put({"type": "lifespan.shutdown"})
        await _answered(task, said, "lifespan.shutdown.complete")
        await task


async def _answered(task: asyncio.Task[None], said: asyncio.Queue[Mapping[str, Any]], expected: str) -> None:
    """Raises what the application raised, where it ended instead."""
    saying = asyncio.create_task(said.get())
    await asyncio.wait({task, saying}, return_when=asyncio.FIRST_COMPLETED)
    if not saying.done():
        saying.cancel()
        await task
    message = await saying
    assert message["type"] == expected, message
