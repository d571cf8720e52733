"""Waiting until the views have everything."""

import asyncio
from datetime import UTC, datetime
from typing import Any

from httpx import AsyncClient

from app.api.services import Services
from app.queries.freshness import Fresh

PATIENCE_SECONDS = 120


def services_behind(http: AsyncClient) -> Services:
    """What the application in this process works with."""
    transport: Any = http._transport
    services: Services = transport.app.state.services
    return services


async def settled(http: AsyncClient) -> Fresh:
    """There is a generation, and everything recorded until now is counted in it."""
    now = datetime.now(UTC)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            fresh = await services_behind(http).freshness.current()
            if fresh is not None and fresh.as_of >= now:
                return fresh
            await asyncio.sleep(0.05)
