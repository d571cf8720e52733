"""The Projection port: what the projector remembers, and who may change it."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio

from app.domain.kickbacks import KickbackType
from app.ports.projection import Parked, Progress, Projection, State
from app.ports.views import Generation
from app.retrying import Backoff
from app.settings import Settings
from app.store.database import Database
from app.store.projection import DynamoProjection
from tests.fakes.projection import FakeProjection

FIRST = Generation(1, 8, {KickbackType.POINT: 1, KickbackType.MILE: 2, KickbackType.CASHBACK: 3}, "2026-11-22")
SHARD = Progress("shard-1", "source-1", 0)
T1, T2, T3 = ("2026-11-22T00:00:01.000000Z", "2026-11-22T00:00:02.000000Z", "2026-11-22T00:00:03.000000Z")


@pytest.fixture(params=["fake", pytest.param("dynamodb", marks=pytest.mark.dynamodb)])
def make_projection(request: pytest.FixtureRequest) -> Callable[[], Awaitable[Projection]]:
    if request.param == "fake":

        async def make_fake() -> Projection:
            return FakeProjection()

        return make_fake
    client: Any = request.getfixturevalue("client")
    make_settings: Callable[..., Awaitable[Settings]] = request.getfixturevalue("make_settings")

    async def make() -> Projection:
        database = Database(client, (await make_settings(stream=False)).views_table, replaceable=True)
        return DynamoProjection(database, asyncio.Semaphore(8), Backoff(20, random.Random(1).random))

    return make


@pytest_asyncio.fixture
async def projection(make_projection: Callable[[], Awaitable[Projection]]) -> Projection:
    return await make_projection()


async def test_at_first_there_is_nothing(projection: Projection) -> None:
    assert await projection.state() == State(None, ())
    assert list(await projection.progress(1)) == []
    assert list(await projection.parked(1)) == []


async def test_a_generation_is_promoted_once_and_only_instead_of_the_expected_one(projection: Projection) -> None:
    second, third = replace(FIRST, number=2), replace(FIRST, number=3)
    assert await projection.promote(FIRST, instead_of=None)
    assert not await projection.promote(second, instead_of=None)
    assert (await projection.state()).generation == FIRST
    assert await projection.promote(second, instead_of=1)
    assert not await projection.promote(third, instead_of=1)
    assert (await projection.state()).generation == second


async def test_numbers_are_never_given_twice(projection: Projection) -> None:
    numbers = await asyncio.gather(*(projection.next_number() for _ in range(8)))
    assert len(set(numbers)) == 8
    assert await projection.next_number() > max(numbers)


async def test_a_shard_is_registered_once(projection: Projection) -> None:
    await projection.promote(FIRST, instead_of=None)
    assert await projection.register(1, SHARD)
    assert not await projection.register(1, replace(SHARD, source="other"))
    assert (await projection.state()).progress == [SHARD]


async def test_a_place_in_a_line_is_one_shards(projection: Projection) -> None:
    rivals = [Progress(f"shard-{n}", "source-1", 1) for n in range(6)]
    assert sum(await asyncio.gather(*(projection.register(1, one) for one in rivals))) == 1
    assert len(await projection.progress(1)) == 1
    assert await projection.register(1, Progress("shard-9", "source-1", 2))
    assert await projection.register(2, rivals[5])


async def test_a_lease_is_one_owners_until_it_runs_out(projection: Projection) -> None:
    await projection.register(1, SHARD)
    mine = await projection.claim(1, "shard-1", "me", now=T1, until=T2)
    assert mine == replace(SHARD, owner="me", owned_until=T2)
    assert await projection.claim(1, "shard-1", "you", now=T1, until=T3) is None
    assert await projection.claim(1, "shard-1", "me", now=T1, until=T3) == replace(mine, owned_until=T3)
    assert await projection.claim(1, "shard-1", "you", now=T3, until=T3) == replace(mine, owner="you", owned_until=T3)
    assert await projection.claim(1, "unknown", "me", now=T1, until=T2) is None


async def test_of_many_claims_at_once_one_wins(projection: Projection) -> None:
    await projection.register(1, SHARD)
    claims = await asyncio.gather(*(projection.claim(1, "shard-1", f"owner{n}", now=T1, until=T2) for n in range(10)))
    assert sum(claim is not None for claim in claims) == 1


async def test_only_the_owner_advances(projection: Projection) -> None:
    await projection.register(1, SHARD)
    mine = await projection.claim(1, "shard-1", "me", now=T1, until=T2)
    assert mine is not None
    moved = replace(mine, position="17", watermark=T1, finished=True, gap="lost")
    assert await projection.advance(1, moved)
    assert list(await projection.progress(1)) == [moved]
    await projection.claim(1, "shard-1", "you", now=T3, until=T3)
    assert not await projection.advance(1, replace(moved, position="18"))
    (progress,) = await projection.progress(1)
    assert (progress.position, progress.owner) == ("17", "you")


async def test_a_released_shard_is_free_and_only_its_owner_releases_it(projection: Projection) -> None:
    await projection.register(1, SHARD)
    await projection.claim(1, "shard-1", "me", now=T1, until=T3)
    await projection.release(1, "shard-1", "you")
    assert await projection.claim(1, "shard-1", "you", now=T1, until=T3) is None
    await projection.release(1, "shard-1", "me")
    assert list(await projection.progress(1)) == [SHARD]
    assert await projection.claim(1, "shard-1", "you", now=T1, until=T3) is not None


async def test_parked_records_are_kept_once_each(projection: Projection) -> None:
    parked = [Parked("shard-1", "1", "e1", "", "no amount", T1), Parked("shard-1", "1", "e1", "row", "too large", T1)]
    for one in [*parked, *parked]:
        await projection.park(1, one)
    assert sorted(await projection.parked(1), key=lambda one: one.row) == parked
    assert list(await projection.parked(2)) == []


async def test_what_is_forgotten_is_gone_and_nothing_else(projection: Projection) -> None:
    for number in (1, 2):
        await projection.register(number, SHARD)
        await projection.park(number, Parked("shard-1", "1", "e1", "", "no amount", T1))
    await projection.forget(1)
    assert [len(await projection.progress(number)) for number in (1, 2)] == [0, 1]
    assert [len(await projection.parked(number)) for number in (1, 2)] == [0, 1]


async def test_a_dropped_shard_is_gone_and_no_other(projection: Projection) -> None:
    other = Progress("shard-2", "source-2", 0)
    for one in (SHARD, other):
        await projection.register(1, one)
    await projection.drop(1, "shard-1")
    await projection.drop(1, "never there")
    assert list(await projection.progress(1)) == [other]
