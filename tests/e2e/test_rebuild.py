"""Views made again on a real DynamoDB Local, while purchases are recorded and the projector goes on."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import Any

from uuid_utils import uuid4

from app.api.services import Services
from app.bootstrap import build_services
from app.bootstrap.maintenance import Maintenance, open_maintenance
from app.bootstrap.projector import keep_projecting
from app.commands.record_transaction import record_transaction
from app.domain.periods import utc_text
from app.maintenance.rebuild import make_generation
from app.maintenance.verifying.run import verify
from app.settings import Settings
from app.store.view_codec import MARKS
from tests.maintenance.tables import Tables
from tests.purchases import purchase

MakeSettings = Callable[..., Awaitable[Settings]]


@asynccontextmanager
async def projecting(settings: Settings) -> AsyncIterator[None]:
    stop = asyncio.Event()
    task = asyncio.create_task(keep_projecting(settings, stop))
    try:
        yield
    finally:
        stop.set()
        await task


async def record(services: Services, count: int, pause: float = 0.0) -> None:
    for number in range(count):
        one = purchase(
            transaction_id=uuid4().hex,
            user_id=f"user{number % 5}",
            card_id=f"card{number % 4}",
            card_name=f"name {number}",
            merchant_name=f"shop {number % 6}",
            kickback_amount=number,
            created_at=utc_text(services.purchases.now()),
        )
        await record_transaction(one, using=services.recording)
        await asyncio.sleep(pause)


async def caught_up(maintenance: Maintenance) -> None:
    state = await maintenance.rebuilding.projection.state()
    assert state.generation is not None
    assert await maintenance.verifying.counting.is_done(state.generation, maintenance.verifying.now())


def bare(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows without their marks and their generation's number."""
    return sorted(
        (
            {
                name: {"S": value["S"].partition("#")[2]} if name in ("PK", "scorePK") else value
                for name, value in item.items()
                if name != MARKS
            }
            for item in items
        ),
        key=lambda item: (item["PK"]["S"], item["SK"]["S"]),
    )


async def test_a_rebuild_makes_the_same_items_as_the_projector(
    make_settings: MakeSettings, client: Any, admin: Any
) -> None:
    settings = await make_settings(request_seconds=0.1)
    tables = Tables(admin, settings)
    services = build_services(settings, client)
    async with open_maintenance(settings) as maintenance:
        await make_generation(maintenance.rebuilding)
        async with projecting(settings):
            await record(services, 30)
            await caught_up(maintenance)
        live = await tables.views()
        assert len(live) > 30
        for bound in (200_000, 10):
            done = await make_generation(replace(maintenance.rebuilding, bound=bound))
            assert (done.promoted, done.purchases, done.rows) == (True, 30, len(live))
            rebuilt = await tables.views()
            assert bare(rebuilt) == bare(live)
            assert {item["PK"]["S"].partition("#")[0] for item in rebuilt} == {str(done.number)}
            assert not any(MARKS in item for item in rebuilt), "all of it came from the facts"


async def test_rebuilds_during_writes_lose_nothing(make_settings: MakeSettings, client: Any, admin: Any) -> None:
    settings = await make_settings(request_seconds=0.5)
    services = build_services(settings, client)
    async with open_maintenance(settings) as maintenance, AsyncExitStack() as projector:
        await make_generation(maintenance.rebuilding)
        await projector.enter_async_context(projecting(settings))
        await record(services, 10)
        writing = asyncio.create_task(record(services, 150, pause=0.01))
        await asyncio.sleep(0.2)
        first = await make_generation(maintenance.rebuilding)
        second, third = await asyncio.gather(*(make_generation(maintenance.rebuilding) for _ in range(2)))
        assert first.promoted
        assert sorted([second.promoted, third.promoted]) == [False, True]
        await writing
        await caught_up(maintenance)
        report = await verify(maintenance.verifying)
    assert (report.differences, report.unchecked) == ([], [])
    assert report.facts == 160 * 3 - 2, "two purchases have earned nothing"
    numbers = {item["PK"]["S"].partition("#")[0] for item in await Tables(admin, settings).views()}
    assert len(numbers) == 1


async def test_a_check_during_writes_reports_nothing_wrong(make_settings: MakeSettings, client: Any) -> None:
    settings = await make_settings(request_seconds=0.1)
    services = build_services(settings, client)
    async with open_maintenance(settings) as maintenance, AsyncExitStack() as projector:
        await make_generation(maintenance.rebuilding)
        await projector.enter_async_context(projecting(settings))
        await record(services, 20)
        writing = asyncio.create_task(record(services, 100, pause=0.01))
        report = await verify(maintenance.verifying)
        await writing
    assert report.differences == []
