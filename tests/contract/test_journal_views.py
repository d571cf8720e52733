"""The Views port: the journal's rows up to an instant hold exactly what had been booked by then."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest

from app.domain.bookings import booking_of
from app.domain.ledger import LedgerEntry
from app.domain.trial_balance import trial_balance_of
from app.ports.views import Change, Generation, Saved, Views, ViewWriter
from app.retrying import Backoff
from app.settings import Settings
from app.store.database import Database
from app.store.view_writes import DynamoViewWriter
from app.store.views import DynamoViews
from tests.domain.histories import histories, instants
from tests.domain.trial_sums import added_up, shown
from tests.fakes.views import FakeViews
from tests.fakes.views_reading import FakeViewsReading
from tests.projections.events import GENERATION, plain_fold


@dataclass(frozen=True, slots=True)
class Stored:
    """A generation with rows, to be read."""

    generation: Generation
    views: Views
    writer: ViewWriter

    async def balance(self, at: str) -> dict[str, tuple[int, int]]:
        return shown(trial_balance_of(await self.views.journal(self.generation, at), at))


@pytest.fixture(params=["fake", pytest.param("dynamodb", marks=pytest.mark.dynamodb)])
def make_stored(request: pytest.FixtureRequest) -> Callable[[int], Awaitable[Stored]]:
    """Makes an empty generation with that many shards."""
    if request.param == "fake":

        async def make_fake(shards: int) -> Stored:
            views = FakeViews()
            return Stored(Generation(7, shards, GENERATION.valuation, ""), FakeViewsReading(views), views)

        return make_fake
    client: Any = request.getfixturevalue("client")
    make_settings: Callable[..., Awaitable[Settings]] = request.getfixturevalue("make_settings")

    async def make(shards: int) -> Stored:
        database = Database(client, (await make_settings()).views_table, replaceable=True)
        backoff = Backoff(5, random.Random(1).random)
        writer = DynamoViewWriter(database, 1, asyncio.Semaphore(8), backoff, lambda: str(uuid4()))
        reading = DynamoViews(database, asyncio.Semaphore(8))
        return Stored(Generation(7, shards, GENERATION.valuation, ""), reading, writer)

    return make


def some(seed: int) -> list[LedgerEntry]:
    return histories(seed, steps=50, users=("u1", "u2", "u3"))


@pytest.mark.parametrize("shards", [1, 4, 16])
async def test_at_any_instant_over_any_number_of_shards(
    make_stored: Callable[[int], Awaitable[Stored]], shards: int
) -> None:
    stored, entries = await make_stored(shards), some(shards)
    await stored.writer.fill(stored.generation, plain_fold(map(booking_of, entries), shards))
    moments = instants(entries, random.Random(shards))
    for at in random.Random(1).sample(moments, 8):
        assert await stored.balance(at) == added_up(entries, at), at


async def test_a_row_comes_back_as_it_was_saved(make_stored: Callable[[int], Awaitable[Stored]]) -> None:
    stored = await make_stored(4)
    rows = plain_fold(map(booking_of, some(2)), 4)
    for row in rows.values():
        row.marks["source"] = b"\x01"
    changes = [Change(view_id, None, row) for view_id, row in rows.items()]
    assert set(await stored.writer.save(stored.generation, changes)) == {Saved.SAVED}
    assert await stored.writer.load(stored.generation, rows) == rows


async def test_nothing_was_booked(make_stored: Callable[[int], Awaitable[Stored]]) -> None:
    stored = await make_stored(2)
    assert await stored.balance("2026-11-22T03:04:05.000000Z") == {}


async def test_generations_are_apart(make_stored: Callable[[int], Awaitable[Stored]]) -> None:
    stored, entries = await make_stored(4), some(3)
    other = Generation(8, 4, GENERATION.valuation, "")
    await stored.writer.fill(other, plain_fold(map(booking_of, entries), 4))
    assert await stored.balance("2030-01-01T00:00:00.000000Z") == {}
