"""A period's categories are read once for each state of the views."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from app.domain.totals import Totals
from app.domain.view_rows import ViewRow
from app.ports.errors import StoreUnavailable
from app.ports.views import Generation
from app.queries.freshness import Fresh
from app.queries.period_categories import MOST_PERIODS, PeriodCategories
from tests.projections.events import GENERATION


class Counted:
    """Only categories. `open` lets readings end; `failing` makes them end badly."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.open = asyncio.Event()
        self.open.set()
        self.failing = False

    async def categories(self, _: Generation, period: str) -> Mapping[str, ViewRow]:
        self.asked.append(period)
        await self.open.wait()
        if self.failing:
            raise StoreUnavailable("a storm")
        return {f"CATEGORY{len(self.asked)}": ViewRow(Totals())}


def counted() -> Any:
    return Counted()


def fresh() -> Fresh:
    return Fresh(GENERATION, datetime(2023, 7, 1, tzinfo=UTC))


async def test_they_are_read_once_for_each_period() -> None:
    views, state = counted(), fresh()
    first = await state.categories_of("2023-05", views)
    assert list(first) == ["CATEGORY1"]
    assert await state.categories_of("2023-05", views) is first
    assert list(await state.categories_of("2023", views)) == ["CATEGORY2"]
    assert views.asked == ["2023-05", "2023"]


async def test_another_state_has_its_own_even_where_it_says_the_same() -> None:
    views, before, after = counted(), fresh(), fresh()
    assert before == after
    await before.categories_of("2023-05", views)
    assert list(await after.categories_of("2023-05", views)) == ["CATEGORY2"]
    assert list(await before.categories_of("2023-05", views)) == ["CATEGORY1"]  # who has begun with it goes on with it


async def test_requests_share_a_reading_that_is_under_way() -> None:
    views, state = counted(), fresh()
    views.open.clear()
    asking = [asyncio.create_task(state.categories_of("2023-05", views)) for _ in range(10)]
    await asyncio.sleep(0)
    views.open.set()
    assert [list(rows) for rows in await asyncio.gather(*asking)] == [["CATEGORY1"]] * 10


async def test_a_reading_outlives_the_request_that_began_it() -> None:
    views, state = counted(), fresh()
    views.open.clear()
    first, second = [asyncio.create_task(state.categories_of("2023-05", views)) for _ in range(2)]
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0)
    views.open.set()
    assert list(await second) == ["CATEGORY1"]
    with pytest.raises(asyncio.CancelledError):
        await first


async def test_a_failure_is_told_to_all_who_waited_and_not_kept() -> None:
    views, state = counted(), fresh()
    views.failing = True
    told = await asyncio.gather(*[state.categories_of("2023-05", views) for _ in range(3)], return_exceptions=True)
    assert [type(one) for one in told] == [StoreUnavailable] * 3
    assert views.asked == ["2023-05"]
    views.failing = False
    assert list(await state.categories_of("2023-05", views)) == ["CATEGORY2"]


async def test_only_a_few_periods_are_kept() -> None:
    views, kept = Counted(), PeriodCategories()
    months = [f"2023-{month:02d}" for month in range(1, MOST_PERIODS + 2)]
    for month in (*months, *months[1:], months[0]):
        await kept.of(month, partial(views.categories, GENERATION, month))
    assert views.asked == [*months, months[0]]
