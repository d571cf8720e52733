"""GET /categories/{cat}/rankings and GET /cards/{cardId}/efficiency, from views and live, against sums made here."""

from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from httpx import AsyncClient

from tests.bodies import body
from tests.http.settled import settled
from tests.http.sums import PURCHASES, View, totals


def of(category: str, period: str) -> list[dict[str, Any]]:
    return [one for one in PURCHASES if one["category"] == category and one["transactionDate"].startswith(period)]


FIELD = {"card": "cardId", "merchant": "merchantName", "user": "userId"}


@pytest.mark.parametrize("by", ["card", "merchant", "user"])
async def test_ranking_of_a_month(ranked_http: AsyncClient, by: str, view: View) -> None:
    params = {"month": "2023-05", "by": by, **view}
    answer = (await ranked_http.get("/categories/GROCERY/rankings", params=params)).json()
    purchases = of("GROCERY", "2023-05")
    assert answer["totals"] == totals(purchases)
    assert (answer["category"], answer["month"], answer["by"], answer["final"]) == ("GROCERY", "2023-05", by, True)
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in purchases:
        groups[one[FIELD[by]]].append(one)
    wanted = sorted(groups, key=lambda member: (-totals(groups[member])["kickbackValue"], member))
    assert [item["id"] for item in answer["items"]] == wanted
    values = [item["kickbackValue"] for item in answer["items"]]
    for item in answer["items"]:
        assert {name: item[name] for name in totals([])} == totals(groups[item["id"]])
        assert item["rank"] == 1 + sum(value > item["kickbackValue"] for value in values)
        assert item["medal"] == {1: "GOLD", 2: "SILVER", 3: "BRONZE"}.get(item["rank"])
        assert item["realizedRate"] == round(item["kickbackValue"] / item["transactionTotal"], 6)
    if by == "card":
        newest = {one["cardId"]: one["cardName"] for one in sorted(purchases, key=lambda one: one["transactionDate"])}
        dates = {
            one["cardId"]: one["transactionDate"] for one in sorted(purchases, key=lambda one: one["transactionDate"])
        }
        for item in answer["items"]:
            names = {one["cardName"] for one in groups[item["id"]] if one["transactionDate"] == dates[item["id"]]}
            assert item["name"] in names | {newest[item["id"]]}


async def test_year_and_the_categorys_own_rank(ranked_http: AsyncClient, view: View) -> None:
    values = {category: totals(of(category, "2023"))["kickbackValue"] for category in ("GROCERY", "DINING", "FUEL")}
    for category, value in values.items():
        answer = (await ranked_http.get(f"/categories/{category}/rankings", params={"year": "2023", **view})).json()
        assert answer["year"] == "2023"
        assert "month" not in answer
        assert answer["totals"] == totals(of(category, "2023"))
        assert answer["categoryRank"] == 1 + sum(other > value for other in values.values())


@pytest.mark.parametrize("by", ["card", "merchant", "user"])
async def test_pages_of_a_ranking_equal_the_whole(ranked_http: AsyncClient, by: str, view: View) -> None:
    params: dict[str, Any] = {"month": "2023-05", "by": by, **view}
    whole = (await ranked_http.get("/categories/GROCERY/rankings", params=params)).json()["items"]
    for limit in (1, 2, 3, 4, 6):
        paged: list[Any] = []
        cursor: dict[str, str] = {}
        while True:
            page = (
                await ranked_http.get("/categories/GROCERY/rankings", params={**params, "limit": limit, **cursor})
            ).json()
            paged += page["items"]
            if page["nextCursor"] is None:
                break
            cursor = {"cursor": page["nextCursor"]}
        assert paged == whole


async def test_a_category_without_purchases(ranked_http: AsyncClient, view: View) -> None:
    answer = (await ranked_http.get("/categories/NOTHING/rankings", params={"month": "2023-05", **view})).json()
    assert answer["items"] == []
    assert answer["categoryRank"] is None
    assert answer["totals"] == {"count": 0, "transactionTotal": 0, "kickbackValue": 0, "kickbackByType": {}}


async def test_efficiency(ranked_http: AsyncClient, view: View) -> None:
    for first, last in (
        ("2023-05-01", "2023-05-30"),
        ("2023-05-15", "2023-05-15"),
        ("2023-04-01", "2024-03-31"),
        ("2023-04-15", "2023-06-15"),
        ("2023-04-02", "2023-05-31"),
    ):
        answer = (await ranked_http.get("/cards/card2/efficiency", params={"from": first, "to": last, **view})).json()
        purchases = [one for one in PURCHASES if one["cardId"] == "card2" and first <= one["transactionDate"] <= last]
        assert {name: answer[name] for name in totals([])} == totals(purchases)
        assert (answer["from"], answer["to"], answer["cardId"]) == (first, last, "card2")
        assert answer["averageRate"] == 0.01
        assert answer["realizedRate"] == round(answer["kickbackValue"] / answer["transactionTotal"], 6)
        for part in answer["byCategory"]:
            own = totals([one for one in purchases if one["category"] == part["category"]])
            assert {name: part[name] for name in own} == own
        assert sum(part["count"] for part in answer["byCategory"]) == len(purchases)


async def test_an_unknown_card_has_zero_counts_and_null_rates(http: AsyncClient, unique: str) -> None:
    answer = (await http.get(f"/cards/none-{unique}/efficiency")).json()
    assert (answer["count"], answer["transactionTotal"], answer["byCategory"]) == (0, 0, [])
    assert (answer["averageRate"], answer["realizedRate"], answer["cardName"]) == (None, None, None)


async def test_the_range_of_efficiency(http: AsyncClient) -> None:
    longest = await http.get("/cards/c/efficiency", params={"from": "2023-01-01", "to": "2024-01-01"})
    assert longest.status_code == 200
    open_end = (await http.get("/cards/c/efficiency", params={"from": "2020-01-01"})).json()
    assert (open_end["from"], open_end["to"]) == ("2020-01-01", "2020-12-31")
    open_start = (await http.get("/cards/c/efficiency", params={"to": "2023-12-31"})).json()
    assert (open_start["from"], open_start["to"]) == ("2022-12-31", "2023-12-31")


async def test_types_are_converted_by_the_valuation(
    make_http: Callable[..., Awaitable[AsyncClient]], view: View
) -> None:
    http = await make_http(mile_value_millionths=2_500_000)
    for kind, amount in (("POINT", 10), ("MILE", 3), ("CASHBACK", 5)):
        await http.post("/transactions", json=body("v", transactionId=kind, kickbackType=kind, kickbackAmount=amount))
    await settled(http)
    answer = (await http.get("/categories/GROCERY/rankings", params={"month": "2023-05", **view})).json()
    assert answer["totals"]["kickbackByType"] == {"POINT": 10, "MILE": 3, "CASHBACK": 5}
    assert answer["totals"]["kickbackValue"] == 10 + 7 + 5
    assert answer["valuation"] == {"currency": "JPY", "POINT": 1, "MILE": 2.5, "CASHBACK": 1}
