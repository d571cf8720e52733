"""Walks through rankings from the views: long names, ties, purchases that are taken back, and cursors."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import pytest_asyncio
from httpx import AsyncClient

from app.domain.periods import utc_text
from app.settings import Settings
from app.store.client import admin_client
from app.store.purchase_codec import purchase_item
from tests.bodies import body
from tests.http.conftest import running
from tests.http.settled import services_behind, settled
from tests.http.sums import View
from tests.purchases import purchase


@dataclass(frozen=True, slots=True)
class Place:
    """An application on empty tables, and the tables as they are."""

    http: AsyncClient
    settings: Settings
    raw: Any

    async def put(self, **changes: Any) -> None:
        """An item of the facts table as recording writes it, changed."""
        extra = {name: changes.pop(name) for name in ("countChange",) if name in changes}
        created_at = utc_text(services_behind(self.http).live.now())
        item = purchase_item(purchase(created_at=created_at, **changes), category_shards=16, card_shards=4)
        item |= {name: {"N": str(value)} for name, value in extra.items()}
        await self.raw.put_item(TableName=self.settings.facts_table, Item=item)


@pytest_asyncio.fixture
async def place(make_settings: Callable[..., Awaitable[Settings]]) -> AsyncIterator[Place]:
    settings = await make_settings(apart=True)
    async with running(settings) as http, admin_client(settings.aws_region) as raw:
        await settled(http)
        yield Place(http, settings, raw)


async def walk(http: AsyncClient, path: str, **params: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    answer = await http.get(path, params=params)
    for _ in range(100):
        assert answer.status_code == 200, answer.text
        items += answer.json()["items"]
        if answer.json()["nextCursor"] is None:
            return items
        answer = await http.get(answer.headers["link"].split("; ")[0].strip("<>"))
    raise AssertionError("the walk does not end")


async def test_the_longest_names_and_ties(make_http: Callable[..., Awaitable[AsyncClient]], view: View) -> None:
    http = await make_http()
    names = [*(chr(0x1F600 + number) + "😀" * 255 for number in range(4)), "店" * 256, '"' * 256, "a"]
    for number, name in enumerate(names):
        sent = body("n", transactionId=f"t{number}", merchantName=name, kickbackAmount=10 + number % 3)
        assert (await http.post("/transactions", json=sent)).status_code == 201
    await settled(http)
    path, params = "/categories/GROCERY/rankings", {"month": "2023-05", "by": "merchant", **view}
    whole = await walk(http, path, **params)
    values = {name: 10 + number % 3 for number, name in enumerate(names)}
    assert [item["id"] for item in whole] == sorted(names, key=lambda name: (-values[name], name))
    assert [item["rank"] for item in whole] == [1, 1, 3, 3, 5, 5, 5]
    for limit in (1, 2, 3, 6):
        assert await walk(http, path, **params, limit=limit) == whole


async def test_what_is_taken_back_is_gone_from_every_view(place: Place, view: View) -> None:
    kept = {"transaction_id": "kept", "merchant_name": "kept", "card_id": "kept-card", "category": "FUEL"}
    paths = (
        "/categories/GROCERY/rankings?month=2023-05",
        "/categories/GROCERY/rankings?year=2023&by=merchant",
        "/categories/GROCERY/rankings?month=2023-05&by=user",
        "/rankings/categories?year=2023",
        "/rankings/cards?from=2023-05-01&to=2023-06-30",
        "/cards/card456/efficiency?from=2023-05-01&to=2023-06-30",
        "/users/user123/reports/2023",
    )
    await services_behind(place.http).live.categories.register("2023-05", "FUEL")
    await services_behind(place.http).live.categories.register("2023-05", "GROCERY")
    await place.put(**kept)
    before = await answers(place.http, paths, view)
    await place.put(transaction_id="t1")
    await place.put(transaction_id="t2", transaction_amount=100, kickback_amount=2)
    assert await answers(place.http, paths, view) != before
    back = {"transaction_amount": -2000, "kickback_amount": -20, "countChange": 0}
    await place.put(transaction_id="r1", **back)
    some_back = (await answers(place.http, paths, view))[0]
    assert some_back["totals"]["count"] == 2
    assert some_back["totals"]["transactionTotal"] == 3100
    assert some_back["items"][0]["kickbackByType"] == {"POINT": 32}
    await place.put(transaction_id="r2", transaction_amount=-3000, kickback_amount=-30, countChange=-1)
    await place.put(transaction_id="r3", transaction_amount=-100, kickback_amount=-2, countChange=-1)
    assert zeroes_away(await answers(place.http, paths, view)) == zeroes_away(before)


async def answers(http: AsyncClient, paths: tuple[str, ...], view: View) -> list[dict[str, Any]]:
    """What all of them say now."""
    await settled(http)
    found = []
    for path in paths:
        answer = await http.get(path + ("&" if "?" in path else "?") + urlencode(view))
        assert answer.status_code == 200, answer.text
        found.append({name: value for name, value in answer.json().items() if name not in ("asOf", "cardName")})
    return found


def zeroes_away(value: Any) -> Any:
    """A type that had kickbacks once and has none now is shown with 0."""
    if isinstance(value, list):
        return [zeroes_away(one) for one in value]
    if isinstance(value, dict):
        return {
            name: zeroes_away({kind: amount for kind, amount in of.items() if amount})
            if name == "kickbackByType"
            else [one for one in of if one["kickbackAmount"]]
            if name == "byType"
            else zeroes_away(of)
            for name, of in value.items()
        }
    return value


async def test_a_cursor_of_one_view_is_not_good_for_the_other(place: Place) -> None:
    for number in range(3):
        await place.put(transaction_id=f"t{number}", card_id=f"card{number}")
    await settled(place.http)
    path, params = "/categories/GROCERY/rankings", {"month": "2023-05", "limit": "1"}
    for own, other in (({}, {"view": "live"}), ({"view": "live"}, {})):
        cursor = (await place.http.get(path, params={**params, **own})).json()["nextCursor"]
        assert (await place.http.get(path, params={**params, **own, "cursor": cursor})).status_code == 200
        refused = await place.http.get(path, params={**params, **other, "cursor": cursor})
        assert (refused.status_code, refused.json()["code"]) == (400, "CURSOR_INVALID")


@pytest.mark.parametrize("limit", [1, 2])
async def test_a_walk_goes_on_when_the_views_are_gone_or_there_again(place: Place, limit: int) -> None:
    for number in range(5):
        await place.put(transaction_id=f"t{number}", card_id=f"card{number}", kickback_amount=30 + number // 2)
    await settled(place.http)
    path, params = "/categories/GROCERY/rankings", {"month": "2023-05"}
    whole = await walk(place.http, path, **params)
    assert [item["rank"] for item in whole] == [1, 2, 2, 4, 4]
    for views_first in (True, False):
        walked: list[dict[str, Any]] = []
        services = services_behind(place.http)
        answer_now = services.freshness.current
        address, from_views = f"{path}?month=2023-05&limit={limit}", views_first
        while address:
            if not from_views:
                services.freshness.current = no_views  # type: ignore[method-assign, assignment]  # as before the first generation
            answer = await place.http.get(address)
            services.freshness.current = answer_now  # type: ignore[method-assign]  # and there they are again
            walked += answer.json()["items"]
            address = answer.headers.get("link", "").split("; ")[0].strip("<>")
            from_views = not from_views
        assert walked == whole


async def no_views(_: object = None) -> None:
    return None


async def test_a_year_of_a_card_reads_at_most_42_rows(place: Place) -> None:
    first = date(2023, 1, 2)
    for number in range(365):
        await place.put(transaction_id=f"t{number}", transaction_date=first + timedelta(days=number))
    await settled(place.http)
    params = {"from": "2023-01-02", "to": "2024-01-01"}
    answer = await place.http.get("/cards/card456/efficiency", params=params)
    assert answer.json()["count"] == 365
    units = float(answer.headers["server-timing"].split('rcu;desc="')[1].split('"')[0])
    stored = await place.raw.scan(TableName=place.settings.views_table)
    rows = [item for item in stored["Items"] if item["SK"]["S"].startswith("card456#")]
    largest = max(len(str(row)) for row in rows)
    assert len(rows) == 365 + 13
    # Eventually consistent, half a unit for each 4 KB, rounded up once for each of three queries.
    assert units <= 42 * largest / 4096 / 2 + 3 * 0.5
    live = await place.http.get("/cards/card456/efficiency", params={**params, "view": "live"})
    ignored = ("asOf",)
    assert {name: of for name, of in live.json().items() if name not in ignored} == {
        name: of for name, of in answer.json().items() if name not in ignored
    }
