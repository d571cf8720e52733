"""Passbooks put into the table directly: a hundred thousand commands would take minutes."""

import asyncio
import random
from collections.abc import Iterable
from itertools import islice
from typing import Any

from app.domain.ledger import LedgerEntry
from app.retrying import Backoff
from app.settings import Settings
from app.store.batches import put_request, write_many
from app.store.database import Database
from app.store.ledger_codec import ledger_item

_PORTION = 2_000
_WRITERS = 8


async def put_entries(settings: Settings, client: Any, entries: Iterable[LedgerEntry]) -> LedgerEntry:
    """Puts them all; gives the last. Raises ValueError when there is none."""
    facts = Database(client, settings.facts_table, replaceable=True)
    slots, backoff = asyncio.Semaphore(_WRITERS), Backoff(10, random.random)
    left, last = iter(entries), None
    while portion := list(islice(left, _PORTION)):
        last = portion[-1]
        items = [put_request(ledger_item(entry, due_shards=settings.due_shards)) for entry in portion]
        await write_many(facts, items, slots=slots, backoff=backoff)
    if last is None:
        raise ValueError("no entries")
    return last
