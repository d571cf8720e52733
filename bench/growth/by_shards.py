"""What reading a category costs by how many shards it is spread over: tables and a service of their own for each."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

from app.domain.purchases import Purchase
from app.settings import Environment, Settings
from bench.growth.series import Pace, Series, point_of
from bench.growth.verdicts import Expected
from bench.growth.works import category_page, ranking
from bench.processes import service
from bench.slices import Asked, Side, measure
from bench.views.crowd import Crowd, purchases
from bench.views.seeding import make_tables, seed

_CATEGORY = "GROCERY"
_MONTH = "2023-05"
# So many that a shard has more than a page of ten, also where there are most shards.
_CARDS = 1_500
# A request asks all shards at once: more of them would only wait for the database.
_IN_FLIGHT = 1
_WORKS: dict[str, Callable[[], Asked]] = {
    "ranking from the views, by view shards": lambda: ranking(_CATEGORY, _MONTH),
    "ranking live, by category shards": lambda: ranking(_CATEGORY, _MONTH, live=True),
    "category page of 50, by category shards": lambda: category_page(_CATEGORY),
}


async def series_over_shards(admin: Any, client: Any, shards: Sequence[int], pace: Pace) -> list[Series]:
    """The same purchases everywhere."""
    async with AsyncExitStack() as stack:
        services = []
        for count in shards:
            settings = await _filled(admin, client, count)
            services.append(await stack.enter_async_context(service(_environment(settings))))
        found = []
        for work, asked in _WORKS.items():
            sides = [Side(one, _IN_FLIGHT, asked()) for one in services]
            await measure(sides, seconds=pace.seconds, rounds=pace.rounds, warm_up=pace.warm_up)
            points = [point_of(count, side) for count, side in zip(shards, sides, strict=True)]
            found.append(Series(work, "shards", Expected.LINEAR, points))
        return found


async def _filled(admin: Any, client: Any, count: int) -> Settings:
    settings = Settings(
        environment=Environment.LOCAL,
        facts_table=f"Shards{count}Facts",
        views_table=f"Shards{count}Views",
        category_shards=count,
        view_shards=count,
    )
    await make_tables(admin, settings)
    await seed(settings, client, _purchases())
    return settings


def _environment(settings: Settings) -> dict[str, str]:
    return {
        **os.environ,
        "FACTS_TABLE": settings.facts_table,
        "VIEWS_TABLE": settings.views_table,
        "CATEGORY_SHARDS": str(settings.category_shards),
        "VIEW_SHARDS": str(settings.view_shards),
    }


def _purchases() -> Iterator[Purchase]:
    """One for each card."""
    for place, one in enumerate(purchases("shards", Crowd(categories=(_CATEGORY,)), _MONTH, _CARDS)):
        yield replace(one, card_id=f"card-{place:04d}")
