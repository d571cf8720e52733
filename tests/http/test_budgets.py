"""No route makes one call more, or consumes one capacity unit more, than its budget says; and none scans."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from app.bootstrap import create_app
from app.ports.errors import StoreUnavailable
from app.settings import Environment, Settings
from app.store.database import Database
from app.store.wire import Item, QueryAnswer
from tests.http.budget import Budget
from tests.http.budget_data import new_purchase
from tests.http.budget_requests import get, post
from tests.http.budget_rig import Rig, Spent, rig_on
from tests.http.budgets import BUDGETS
from tests.http.budgets_reading import RANKING
from tests.http.settled import services_behind

ROUTES = {
    f"{method.upper()} {path}"
    for path, of in create_app(Settings(environment=Environment.LOCAL)).openapi()["paths"].items()
    for method in of
}


@pytest_asyncio.fixture(scope="module")
async def rig(dynamodb_url: str, make_settings: Callable[..., Awaitable[Settings]]) -> AsyncIterator[Rig]:
    async with rig_on(dynamodb_url, make_settings) as one:
        yield one


def test_every_route_has_a_budget_and_every_budget_a_route() -> None:
    assert {one.route for one in BUDGETS} == ROUTES
    assert len({str(one) for one in BUDGETS}) == len(BUDGETS)


@pytest.mark.parametrize("budget", BUDGETS, ids=str)
async def test_it_costs_what_its_budget_says(rig: Rig, budget: Budget) -> None:
    rig.clock.seconds += 10  # nothing is remembered of what other tests asked
    await rig.ask(post("/transactions", new_purchase(f"somebody-{rig.clock.seconds:g}")))
    await services_behind(rig.http).freshness.current()
    known: dict[str, Any] = {}
    for request in budget.given:
        answer = await rig.ask(request)
        assert answer.status_code in (200, 201), answer.text
        known |= answer.json()
    request = replace(budget.request, path=budget.request.path.format(**known))
    cursor = (await rig.ask(request)).json()["nextCursor"] if budget.page_two else None

    answer, spent = await rig.measure(request, cursor)

    assert answer.status_code == budget.status, answer.text
    assert spent == Spent(dict(sorted(budget.calls.items())), budget.read_units, budget.write_units)
    assert answer.text.count('"status":201') == len(budget.request.lines or ())


async def test_the_state_of_the_views_is_read_at_most_twice_a_second_and_a_months_categories_with_it(rig: Rig) -> None:
    first, again = RANKING[:2]
    assert first.request == again.request
    request = first.request
    known = Spent(dict(again.calls), again.read_units, 0.0)
    unknown = Spent(_with(first.calls, {"GetItem views": 1, "Query views": 1}), first.read_units + 2, 0.0)
    rig.clock.seconds += 10
    assert (await rig.measure(request))[1] == unknown
    rig.clock.seconds += 0.5
    assert (await rig.measure(request))[1] == known
    rig.clock.seconds += 0.01
    assert (await rig.measure(request))[1] == unknown


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/users/reader/kickbacks?cursor=AAAAAAAA", 400),
        ("/users/reader/kickbacks?limit=0", 422),
        ("/users/reader/unknown", 404),
        ("/categories/GROCERY/rankings?month=2023-13", 422),
    ],
)
async def test_what_is_refused_costs_nothing(rig: Rig, path: str, status: int) -> None:
    answer, spent = await rig.measure(get(path))
    assert (answer.status_code, spent) == (status, Spent({}, 0.0, 0.0))


async def test_a_scan_would_fail(rig: Rig) -> None:
    """So that no budget was met by one."""
    decoder = msgspec.json.Decoder(QueryAnswer[Item])
    rig.heard.clear()
    with pytest.raises(StoreUnavailable):
        await Database(rig.client, rig.settings.facts_table).scan(decoder)
    assert rig.heard == {"Scan facts": 1}
    assert not any("Scan" in call for budget in BUDGETS for call in budget.calls)


def _with(calls: Mapping[str, int], more: Mapping[str, int]) -> dict[str, int]:
    return {name: calls.get(name, 0) + more.get(name, 0) for name in sorted({*calls, *more})}
