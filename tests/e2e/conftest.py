"""A started service on a table of its own."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest_asyncio

from app.settings import Settings
from tests.e2e.service import Service, service


@pytest_asyncio.fixture
async def started(make_settings: Callable[..., Awaitable[Settings]]) -> AsyncIterator[tuple[Service, Settings]]:
    """The service and its settings."""
    settings = await make_settings()
    environment = {"ENVIRONMENT": "local", "FACTS_TABLE": settings.facts_table, "DRAIN_SECONDS": "0.5"}
    async with service(environment) as one:
        yield one, settings
