"""Both parts, on a DynamoDB Local and in this process."""

import os
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

from app.bootstrap import build_services
from app.bootstrap.binding import client_options
from app.embedded import default_home, embedded_dynamodb
from app.settings import Environment, Projector, Settings
from app.store.client import admin_client, data_client
from app.store.tables import create_tables
from bench.ledger.growth import Side, measure_growth
from bench.ledger.sizes import Sizes, measure_sizes
from bench.processes import child_environment

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Measured:
    """All results. `growth`: the short history, then the long one."""

    growth: Sequence[Side]
    sizes: Sequence[Sizes]


async def measure(*, entries: int, rounds: int, calls: int, say: Say) -> Measured:
    """Starts a DynamoDB Local and stops it. Raises EmbeddedError, Unexpected."""
    async with AsyncExitStack() as stack:
        endpoint = await stack.enter_async_context(embedded_dynamodb(home=default_home(os.environ), data=None))
        os.environ.update(child_environment(endpoint.url))
        settings = Settings(environment=Environment.LOCAL, projector=Projector.OUTSIDE)
        admin = await stack.enter_async_context(admin_client(settings.aws_region))
        await create_tables(admin, settings.facts_table, settings.views_table, stream=False)
        client = await stack.enter_async_context(data_client(client_options(settings)))
        services = build_services(settings, client)
        sizes = await measure_sizes(settings, client, services, say=say)
        grown = await measure_growth(settings, client, services, entries=entries, rounds=rounds, calls=calls, say=say)
        return Measured(grown, sizes)
