"""Every test in this folder runs on the fakes and on the real DynamoDB Local."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from app.domain.reversals import Reversal
from app.ports.timelines import Subject
from app.ports.views import Generation
from app.retrying import Backoff
from app.settings import Settings
from app.store.categories import DynamoCategories
from app.store.database import Database
from app.store.indexes import card_index, category_index
from app.store.kickbacks import DynamoKickbacks
from app.store.ledger import DynamoLedger
from app.store.recently import Recently
from app.store.reversals import ReversalEncoder
from app.store.sharding import ShardCounts
from app.store.timelines import DynamoTimelines
from app.store.transactions import DynamoTransactions
from app.store.view_writes import DynamoViewWriter
from app.store.views import DynamoViews
from tests.contract.stores import Stores
from tests.contract.view_rig import VALUATION, Stored
from tests.fakes import FakeCategories, FakeFacts, FakeKickbacks, FakeLedger, FakeTimelines, FakeTransactions
from tests.fakes.views import FakeViews
from tests.fakes.views_reading import FakeViewsReading

NOW_EPOCH = 1_795_000_000
SHARD_COUNTS = (1, 4, 16)
OpenStores = Callable[[ShardCounts], Stores]


def fake_stores() -> Stores:
    facts = FakeFacts()
    return Stores(
        FakeTransactions(facts),
        FakeKickbacks(facts, lambda: NOW_EPOCH),
        FakeTimelines(facts, lambda: NOW_EPOCH),
        FakeCategories(facts),
        FakeLedger(facts),
    )


def dynamo_stores(client: Any, table: str, shards: ShardCounts) -> Stores:
    database = Database(client, table)
    indexes = {Subject.CATEGORY: category_index(shards), Subject.CARD: card_index(shards)}
    return Stores(
        DynamoTransactions(database, category_shards=shards, card_shards=shards, due_shards=4),
        DynamoKickbacks(database, lambda: NOW_EPOCH),
        DynamoTimelines(database, indexes, asyncio.Semaphore(16), lambda: NOW_EPOCH),
        DynamoCategories(database, Recently(100)),
        DynamoLedger(database, due_shards=4, encoders={Reversal: ReversalEncoder(shards, shards)}),
    )


@pytest.fixture(params=["fake", pytest.param("dynamodb", marks=pytest.mark.dynamodb)])
def make_storage(request: pytest.FixtureRequest) -> Callable[[], Awaitable[OpenStores]]:
    """Makes an empty storage, which can then be opened with one shard count after another."""
    if request.param == "fake":

        async def make_fake() -> OpenStores:
            stores = fake_stores()
            return lambda _: stores

        return make_fake
    client = request.getfixturevalue("client")
    make_settings: Callable[..., Awaitable[Settings]] = request.getfixturevalue("make_settings")

    async def make() -> OpenStores:
        table = (await make_settings(stream=False)).facts_table
        return lambda shards: dynamo_stores(client, table, shards)

    return make


@pytest.fixture
def make_stores(make_storage: Callable[[], Awaitable[OpenStores]]) -> Callable[[int], Awaitable[Stores]]:
    """Makes an empty storage with that many shards for each category and card."""

    async def make(shards: int) -> Stores:
        return (await make_storage())(ShardCounts(shards))

    return make


@pytest_asyncio.fixture
async def stores(make_stores: Callable[[int], Awaitable[Stores]]) -> Stores:
    """An empty storage with 4 shards."""
    return await make_stores(4)


@pytest.fixture(params=["fake", pytest.param("dynamodb", marks=pytest.mark.dynamodb)])
def make_stored(request: pytest.FixtureRequest) -> Callable[[int], Awaitable[Stored]]:
    """Makes an empty generation with that many shards."""
    if request.param == "fake":

        async def make_fake(shards: int) -> Stored:
            views = FakeViews()
            return Stored(Generation(7, shards, VALUATION, ""), FakeViewsReading(views), views)

        return make_fake
    client: Any = request.getfixturevalue("client")
    make_settings: Callable[..., Awaitable[Settings]] = request.getfixturevalue("make_settings")

    async def make(shards: int) -> Stored:
        database = Database(client, (await make_settings(stream=False)).views_table, replaceable=True)
        backoff = Backoff(5, random.Random(1).random)
        writer = DynamoViewWriter(database, 1, asyncio.Semaphore(8), backoff, lambda: str(uuid4()))
        return Stored(Generation(7, shards, VALUATION, ""), DynamoViews(database, asyncio.Semaphore(8)), writer)

    return make
