"""Facts and their views, put into the tables directly: an import of so many purchases would take minutes."""

import asyncio
import random
from collections.abc import Iterable
from datetime import timedelta
from itertools import islice
from typing import Any

from app.bootstrap.binding import now, valuation
from app.bootstrap.projector import projection_of, view_writer_of
from app.domain.periods import utc_text
from app.domain.purchases import Purchase
from app.domain.view_rows import ViewRow
from app.ports.projection import Progress
from app.ports.views import Generation, UserTotal, ViewId
from app.projections.folding import rows_of
from app.retrying import Backoff
from app.settings import Settings
from app.store.batches import put_request, write_many
from app.store.database import Database
from app.store.purchase_codec import purchase_item
from app.store.tables import facts_table, views_table
from bench.http_client import Unexpected
from bench.views.crowd import figures_of

_PORTION = 5_000
_WRITERS = 8


async def make_tables(admin: Any, settings: Settings) -> None:
    """Without a stream, which nobody would read and which slows DynamoDB Local down. A service adds it at start."""
    facts = {name: value for name, value in facts_table(settings.facts_table).items() if name != "StreamSpecification"}
    for request in (facts, views_table(settings.views_table)):
        await admin.create_table(**request)


async def seed(settings: Settings, client: Any, made: Iterable[Purchase]) -> Generation:
    """Puts the purchases, makes what views of cards, merchants and categories have of them, and makes that current."""
    facts = Database(client, settings.facts_table, replaceable=True)
    rows: dict[ViewId, ViewRow] = {}
    left = iter(made)
    while portion := list(islice(left, _PORTION)):
        for one in portion:
            _count(rows, one, settings.view_shards)
        items = [
            purchase_item(one, category_shards=settings.category_shards, card_shards=settings.card_shards)
            for one in portion
        ]
        slots, backoff = asyncio.Semaphore(_WRITERS), Backoff(10, random.random)
        await write_many(facts, [put_request(item) for item in items], slots=slots, backoff=backoff)
    return await _promote(settings, client, rows)


def _count(rows: dict[ViewId, ViewRow], purchase: Purchase, shards: int) -> None:
    figures = figures_of(purchase)
    for view_id, counted in rows_of(figures, shards):
        if not isinstance(view_id, UserTotal):  # nothing that is measured reads users
            rows.setdefault(view_id, ViewRow()).add(figures, counted)


async def _promote(settings: Settings, client: Any, rows: dict[ViewId, ViewRow]) -> Generation:
    projection = projection_of(settings, client)
    number = await projection.next_number()
    moment = utc_text(now() - timedelta(seconds=1))
    generation = Generation(number, settings.view_shards, valuation(settings), moment)
    await view_writer_of(settings, client).fill(generation, rows)
    await projection.register(number, Progress("bench", "bench", 0, watermark=moment))
    if not await projection.promote(generation, instead_of=None):
        raise Unexpected("another generation is there")
    return generation
