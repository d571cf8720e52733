"""GET /rankings/categories, from views and live, against sums made here."""

from typing import Any

import pytest
from httpx import AsyncClient

from tests.http.sums import PURCHASES, View, grouped, rate, totals


@pytest.mark.parametrize("period", [{"month": "2023-05"}, {"year": "2023"}, {"month": "2021-01"}])
async def test_the_medal_table(ranked_http: AsyncClient, view: View, period: dict[str, str]) -> None:
    answer = (await ranked_http.get("/rankings/categories", params={**period, **view})).json()
    (name,) = period.values()
    inside = [one for one in PURCHASES if one["transactionDate"].startswith(name)]
    groups = grouped(inside, "category")
    values = {category: totals(own)["kickbackValue"] for category, own in groups.items()}
    assert answer["totals"] == totals(inside)
    assert {key: answer[key] for key in period} == period
    assert answer["final"] is True
    assert [item["category"] for item in answer["items"]] == sorted(values, key=lambda one: (-values[one], one))
    for item in answer["items"]:
        own = groups[item["category"]]
        assert {key: item[key] for key in totals([])} == totals(own)
        assert item["realizedRate"] == rate(own)
        assert item["rank"] == 1 + sum(value > values[item["category"]] for value in values.values())
        assert item["medal"] == {1: "GOLD", 2: "SILVER", 3: "BRONZE"}[item["rank"]]
        assert (item["id"], item["name"]) == (item["category"], item["category"])


async def test_its_pages_are_the_whole(ranked_http: AsyncClient, view: View) -> None:
    params: dict[str, Any] = {"year": "2023", **view}
    whole = (await ranked_http.get("/rankings/categories", params=params)).json()["items"]
    for limit in (1, 2, 3):
        paged: list[Any] = []
        answer = await ranked_http.get("/rankings/categories", params={**params, "limit": limit})
        while True:
            paged += answer.json()["items"]
            if answer.json()["nextCursor"] is None:
                break
            answer = await ranked_http.get(answer.headers["link"].split("; ")[0].strip("<>"))
        assert paged == whole


@pytest.mark.parametrize(
    "params", [{}, {"month": "2023-05", "year": "2023"}, {"month": "2023"}, {"year": "0000"}, {"by": "card"}]
)
async def test_which_period_must_be_said(http: AsyncClient, params: dict[str, str]) -> None:
    answer = await http.get("/rankings/categories", params=params)
    assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION_FAILED")
