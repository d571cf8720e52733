"""GET /rankings/cards, from views and live, against sums made here."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from httpx import AsyncClient

from tests.bodies import body
from tests.http.settled import settled
from tests.http.sums import PURCHASES, View, grouped, rate, totals

RANGES = [
    ("2023-04-01", "2024-03-31"),
    ("2023-05-01", "2023-05-31"),
    ("2023-04-15", "2023-06-15"),
    ("2023-05-15", "2023-05-15"),
    ("2021-01-01", "2021-12-31"),
]


@pytest.mark.parametrize(("first", "last"), RANGES)
async def test_best_rate_first_and_too_few_purchases_last(
    ranked_http: AsyncClient, view: View, first: str, last: str
) -> None:
    answer = (await ranked_http.get("/rankings/cards", params={"from": first, "to": last, **view})).json()
    inside = [one for one in PURCHASES if first <= one["transactionDate"] <= last]
    groups = grouped(inside, "cardId")

    def place(card_id: str) -> tuple[Any, ...]:
        own = groups[card_id]
        return (len(own) < 10, -rate(own), -totals(own)["kickbackValue"])

    assert [item["id"] for item in answer["items"]] == sorted(groups, key=lambda card: (*place(card), card))
    assert answer["totals"] == totals(inside)
    assert (answer["from"], answer["to"], answer["final"], answer["lowSamplePurchases"]) == (first, last, True, 10)
    for item in answer["items"]:
        own = groups[item["id"]]
        assert {key: item[key] for key in totals([])} == totals(own)
        assert item["realizedRate"] == rate(own)
        assert item["lowSample"] == (len(own) < 10)
        assert item["rank"] == 1 + sum(place(other) < place(item["id"]) for other in groups)
        medals = {1: "GOLD", 2: "SILVER", 3: "BRONZE"}
        assert item["medal"] == (None if item["lowSample"] else medals.get(item["rank"]))
        newest = max(one["transactionDate"] for one in own)
        assert item["name"] in {one["cardName"] for one in own if one["transactionDate"] == newest}


async def test_its_pages_are_the_whole(ranked_http: AsyncClient, view: View) -> None:
    params: dict[str, Any] = {"from": "2023-05-01", "to": "2023-05-15", **view}
    whole = (await ranked_http.get("/rankings/cards", params=params)).json()["items"]
    assert {item["lowSample"] for item in whole} == {True, False}
    for limit in (1, 2, 4, 6):
        paged: list[Any] = []
        answer = await ranked_http.get("/rankings/cards", params={**params, "limit": limit})
        while True:
            paged += answer.json()["items"]
            if answer.json()["nextCursor"] is None:
                break
            answer = await ranked_http.get(answer.headers["link"].split("; ")[0].strip("<>"))
        assert paged == whole


async def test_how_many_purchases_say_something_is_a_setting(
    make_http: Callable[..., Awaitable[AsyncClient]], view: View
) -> None:
    http = await make_http(low_sample_purchases=2)
    for number, card_id in enumerate(("one", "two", "two")):
        await http.post("/transactions", json=body("s", transactionId=f"t{number}", cardId=card_id))
    await settled(http)
    answer = (await http.get("/rankings/cards", params={"from": "2023-05-01", "to": "2023-05-31", **view})).json()
    assert [(item["id"], item["lowSample"], item["medal"]) for item in answer["items"]] == [
        ("two", False, "GOLD"),
        ("one", True, None),
    ]


@pytest.mark.parametrize(
    "params", [{"from": "2023-01-01", "to": "2024-01-02"}, {"from": "2023-02-01", "to": "2023-01-01"}, {"month": "1"}]
)
async def test_ranges_that_are_refused(http: AsyncClient, params: dict[str, str]) -> None:
    answer = await http.get("/rankings/cards", params=params)
    assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION_FAILED")
