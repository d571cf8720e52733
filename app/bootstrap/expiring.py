"""The parts of `kickbacks expire`, put together."""

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.bootstrap.binding import client_options, now
from app.bootstrap.projector import new_token
from app.callers import current_caller
from app.commands.lanes import Lanes
from app.commands.posting import Posting
from app.maintenance.expiring import Expiring
from app.retrying import CONFLICT_SECONDS, Backoff
from app.settings import Settings
from app.store.client import data_client
from app.store.database import Database
from app.store.due import DynamoDue
from app.store.ledger import DynamoLedger


@asynccontextmanager
async def open_expiring(settings: Settings) -> AsyncIterator[Expiring]:
    """On the table that the settings name."""
    async with data_client(client_options(settings)) as client:
        database = Database(client, settings.facts_table)
        yield Expiring(
            due=DynamoDue(database, settings.due_shards),
            posting=Posting(
                ledger=DynamoLedger(database, settings.due_shards, audit_shards=settings.audit_shards),
                lanes=Lanes(),
                backoff=Backoff(settings.write_attempts, random.random, longest=CONFLICT_SECONDS),
                now=now,
                new_token=new_token,
                caller=current_caller,
                zone=settings.zone,
                on_recorded=lambda: None,  # nobody here answers from the views
            ),
            concurrency=settings.shard_concurrency,
        )
