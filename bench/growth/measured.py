"""All series, on one DynamoDB Local."""

import os
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

from app.bootstrap.binding import client_options
from app.embedded import default_home, embedded_dynamodb
from app.settings import Environment, Settings
from app.store.client import admin_client, data_client
from bench.growth.by_clients import series_over_clients
from bench.growth.by_page import series_over_page_sizes
from bench.growth.by_purchases import fill, series_over_purchases
from bench.growth.by_shards import series_over_shards
from bench.growth.made import Stock
from bench.growth.series import Pace, Series
from bench.processes import child_environment, service
from bench.views.seeding import make_tables

Say = Callable[[str], None]
SHARDS = (1, 4, 16, 64)
PAGES = (1, 10, 50, 100, 200)
CLIENTS = (1, 4, 16, 64, 256)


@dataclass(frozen=True, slots=True)
class Plan:
    """`sizes` are purchases of one user."""

    sizes: Sequence[int]
    pace: Pace


async def measure(plan: Plan, say: Say) -> list[Series]:
    """Starts a DynamoDB Local and services, and stops them. Raises EmbeddedError, Unexpected."""
    async with AsyncExitStack() as stack:
        endpoint = await stack.enter_async_context(embedded_dynamodb(home=default_home(os.environ), data=None))
        os.environ.update(child_environment(endpoint.url))
        # Nobody counts meanwhile, and nobody waits for it.
        os.environ.update({"PROJECTOR": "outside", "OWN_WRITES_SECONDS": "0"})
        settings = Settings(environment=Environment.LOCAL)
        admin = await stack.enter_async_context(admin_client(settings.aws_region))
        client = await stack.enter_async_context(data_client(client_options(settings)))
        say("series over shards")
        found = await series_over_shards(admin, client, SHARDS, plan.pace)
        return [*await _of_one_service(settings, admin, client, plan, say), *found]


async def _of_one_service(settings: Settings, admin: Any, client: Any, plan: Plan, say: Say) -> list[Series]:
    stocks = [Stock(size) for size in plan.sizes]
    say(f"putting {sum(plan.sizes):,} purchases and as many ledger entries into the tables")
    await make_tables(admin, settings)
    await fill(settings, client, stocks)
    async with service(dict(os.environ)) as one:
        say("series over page sizes and clients")
        pages = await series_over_page_sizes(one, stocks[-1], PAGES, plan.pace)
        clients = await series_over_clients(one, stocks[-1], CLIENTS, plan.pace)
        say("series over purchases")
        return [*await series_over_purchases(one, stocks, settings, plan.pace), pages, clients]
