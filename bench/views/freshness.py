"""How long it takes until a recorded purchase is in the answers from the views."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace

from app.ports.projection import Projection
from bench.http_client import Connection
from bench.load import get_request, post_request
from bench.views.crowd import Crowd, body_of, purchases

_CATEGORY = "FRESH"
_MONTH = "2023-05"
_POLL_SECONDS = 0.01
_READY_SECONDS = 60.0
_SEEN_SECONDS = 30.0
# So that purchases do not come in step with the projector.
_PAUSE_SECONDS = 0.2
_RANKING = get_request(f"/categories/{_CATEGORY}/rankings?month={_MONTH}&limit=200")
MOST = 200


async def measure_freshness(url: str, projection: Projection, *, posts: int) -> list[float]:
    """Seconds from the answer to a POST to the answer of the first ranking with its card, asked for every 10 ms.

    The service keeps its views itself, and does not wait for its own writes. Raises TimeoutError.
    """
    await _until(lambda: _has_views(projection), _READY_SECONDS)  # before that, answers come from the facts
    connection = await Connection.open(url)
    try:
        return [await _one(connection, place) for place in range(-1, posts)][1:]  # the first one warms up
    finally:
        connection.close()


async def _one(connection: Connection, place: int) -> float:
    await asyncio.sleep(random.random() * _PAUSE_SECONDS)  # noqa: S311 - nothing secret
    card = f"fresh-{place + 1:03d}"
    (made,) = purchases(f"fresh{place + 1}", Crowd(categories=(_CATEGORY,)), _MONTH, 1)
    await connection.ask(post_request(body_of(replace(made, card_id=card))), status=201)
    started = time.perf_counter()
    await _until(lambda: _shows(connection, f'"id":"{card}"'.encode()), _SEEN_SECONDS)
    return time.perf_counter() - started


async def _has_views(projection: Projection) -> bool:
    return (await projection.state()).generation is not None


async def _shows(connection: Connection, mark: bytes) -> bool:
    return mark in await connection.ask(_RANKING)


async def _until(holds: Callable[[], Awaitable[bool]], seconds: float) -> None:
    async with asyncio.timeout(seconds):
        while True:
            if await holds():
                return
            await asyncio.sleep(_POLL_SECONDS)
