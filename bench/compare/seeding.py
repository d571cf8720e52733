"""What is there before anything is measured: purchases and their views put into the tables, accounts by recording."""

from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from datetime import date
from itertools import islice

from app.bootstrap import build_services
from app.bootstrap.binding import client_options
from app.commands.record_group import Created, Heads, record_group
from app.domain.purchases import Purchase
from app.settings import Settings
from app.store.client import admin_client, data_client
from bench.compare.data import earned_purchases, read_purchases
from bench.http_client import Unexpected
from bench.views.seeding import make_tables, seed


async def seed_all(settings: Settings, sides: Sequence[str], day: date) -> None:
    """Makes the tables and fills them; accounts have earned what they hold on `day`.

    Raises Unexpected when a purchase is not recorded.
    """
    async with AsyncExitStack() as stack:
        admin = await stack.enter_async_context(admin_client(settings.aws_region))
        client = await stack.enter_async_context(data_client(client_options(settings)))
        await make_tables(admin, settings)
        await seed(settings, client, read_purchases())
        recording = build_services(settings, client).recording
        heads: Heads = {}
        for group in _groups(earned_purchases(sides, day), settings.batch_group):
            outcomes = await record_group(group, heads, using=recording)
            if not all(isinstance(outcome, Created) for outcome in outcomes):
                raise Unexpected("a purchase was not recorded")


def _groups(made: Iterator[Purchase], size: int) -> Iterator[list[Purchase]]:
    while group := list(islice(made, size)):
        yield group
