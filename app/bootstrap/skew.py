"""The parts of `kickbacks skew`, put together."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.bootstrap.binding import client_options, now
from app.bootstrap.projector import projection_of
from app.maintenance.skew_report import SkewSource
from app.ports.timelines import Subject
from app.settings import Settings
from app.store.client import data_client
from app.store.database import Database
from app.store.indexes import card_index, category_index
from app.store.shard_sizes import DynamoShardSizes
from app.store.sharding import ShardCounts
from app.store.views import DynamoViews


@asynccontextmanager
async def open_skew(settings: Settings) -> AsyncIterator[SkewSource]:
    """On the tables that the settings name."""
    categories = ShardCounts(settings.category_shards, settings.category_shards_of)
    cards = ShardCounts(settings.card_shards, settings.card_shards_of)
    async with data_client(client_options(settings)) as client:
        slots = asyncio.Semaphore(settings.shard_concurrency)
        yield SkewSource(
            projection=projection_of(settings, client),
            views=DynamoViews(Database(client, settings.views_table, role="views"), slots),
            sizes=DynamoShardSizes(
                database=Database(client, settings.facts_table),
                indexes={Subject.CATEGORY: category_index(categories), Subject.CARD: card_index(cards)},
                slots=slots,
            ),
            now=now,
            zone=settings.zone,
        )
