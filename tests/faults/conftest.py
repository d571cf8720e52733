"""The application behind a proxy that injects faults."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import pytest_asyncio
from httpx import ASGITransport, AsyncClient

from app.api.application import build_application
from app.bootstrap import build_services
from app.settings import Settings
from app.store.breaker import BreakerRule
from app.store.client import ClientOptions, data_client
from tests.faults.proxy import Proxy, proxy

NEVER_OPEN = BreakerRule(calls=10**9)


@dataclass(frozen=True, slots=True)
class Rig:
    """Replicas of the service on one table, each call to DynamoDB passing the proxy. `raw` sees the table as it is."""

    replicas: list[AsyncClient]
    proxy: Proxy
    raw: Any
    table: str

    @property
    def http(self) -> AsyncClient:
        return self.replicas[0]

    async def items(self, prefix: str) -> list[dict[str, Any]]:
        """Raw items whose sort key begins so, of a table small enough to look at whole."""
        found = await self.raw.scan(TableName=self.table)
        return [item for item in found["Items"] if item["SK"]["S"].startswith(prefix)]


@dataclass(frozen=True, slots=True)
class Connections:
    """A proxy, and two clients that know only it. Making them takes longer than a test."""

    proxy: Proxy
    clients: list[Any]


@pytest_asyncio.fixture(scope="session")
async def connections(dynamodb_url: str) -> AsyncIterator[Connections]:
    """For all tests here, one after the other."""
    async with AsyncExitStack() as stack:
        between = await stack.enter_async_context(proxy(dynamodb_url))
        # The circuit stays closed: what is tried here, with everything failing, is what comes of each call.
        options = ClientOptions(
            region="ap-northeast-1",
            attempts=2,
            connect_seconds=20,  # many things go on at once on the machine of a test run
            read_seconds=20,
            call_seconds=60,
            endpoint=between.url,
            breaker=NEVER_OPEN,
        )
        yield Connections(between, [await stack.enter_async_context(data_client(options)) for _ in range(2)])


@pytest_asyncio.fixture
async def rig(
    connections: Connections, admin: Any, make_settings: Callable[..., Awaitable[Settings]]
) -> AsyncIterator[Rig]:
    """Two replicas on an empty table."""
    settings = await make_settings(stream=False)
    connections.proxy.reset()
    async with AsyncExitStack() as stack:
        replicas = [await stack.enter_async_context(replica(settings, client)) for client in connections.clients]
        yield Rig(replicas, connections.proxy, admin, settings.facts_table)


def replica(settings: Settings, client: Any) -> AsyncClient:
    """The application on this client."""
    ids = iter(range(10**9))
    app = build_application(_never, new_request_id=lambda: f"request-{next(ids)}", deadline_seconds=60)
    app.state.services = build_services(settings, client)
    transport = ASGITransport(app=app, raise_app_exceptions=False)
    return AsyncClient(transport=transport, base_url="http://kickbacks.test", timeout=30)


def _never() -> Any:
    raise AssertionError("the services are given; no lifespan runs")
