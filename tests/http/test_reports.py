"""GET /users/{id}/reports/{period}, from views and live, against sums made here."""

from typing import Any

import pytest
from httpx import AsyncClient

from tests.http.sums import PURCHASES, View, grouped, rate, totals

BEFORE = {"2023": "2022", "2023-05": "2023-04", "2023-04": "2023-03", "2023-01": "2022-12", "2024": "2023"}


def of(user_id: str, period: str) -> list[dict[str, Any]]:
    return [one for one in PURCHASES if one["userId"] == user_id and one["transactionDate"].startswith(period)]


def shown(items: list[dict[str, Any]], field: str) -> dict[str, dict[str, Any]]:
    """The sums of a breakdown by what they are about; each says its own rate."""
    for item in items:
        assert item["realizedRate"] == round(item["kickbackValue"] / item["transactionTotal"], 6)
    return {item[field]: {key: item[key] for key in totals([])} for item in items}


@pytest.mark.parametrize("period", BEFORE)
async def test_a_report(ranked_http: AsyncClient, view: View, period: str) -> None:
    answer = (await ranked_http.get(f"/users/user2/reports/{period}", params=view)).json()
    own = of("user2", period)
    assert (answer["userId"], answer["period"], answer["final"]) == ("user2", period, True)
    assert answer["totals"] == totals(own)
    for items, key, field in (("byCategory", "category", "category"), ("byCard", "cardId", "cardId")):
        groups = grouped(own, field)
        assert shown(answer[items], key) == {name: totals(group) for name, group in groups.items()}
        values = [(-item["kickbackValue"], item[key]) for item in answer[items]]
        assert values == sorted(values)
    for item in answer["byCategory"]:
        assert item["rank"] == 1 + sum(x["kickbackValue"] > item["kickbackValue"] for x in answer["byCategory"])
        assert item["medal"] == {1: "GOLD", 2: "SILVER", 3: "BRONZE"}[item["rank"]]
        assert item["realizedRate"] == rate(grouped(own, "category")[item["category"]])
    for item in answer["byCard"]:
        of_card = grouped(own, "cardId")[item["cardId"]]
        newest = max(one["transactionDate"] for one in of_card)
        assert item["name"] in {one["cardName"] for one in of_card if one["transactionDate"] == newest}
    months = sorted({one["transactionDate"][:7] for one in own})
    assert [item["month"] for item in answer["byMonth"]] == months
    assert shown(answer["byMonth"], "month") == {month: totals(of("user2", month)) for month in months}
    assert {item["type"]: item["kickbackAmount"] for item in answer["byType"]} == totals(own)["kickbackByType"]
    before = totals(of("user2", BEFORE[period]))
    assert answer["previous"] == {"period": BEFORE[period], "totals": before}
    now = totals(own)
    assert answer["change"] == {
        **{key: now[key] - before[key] for key in ("count", "transactionTotal", "kickbackValue")},
        "kickbackByType": {
            kind: now["kickbackByType"].get(kind, 0) - before["kickbackByType"].get(kind, 0)
            for kind in {*now["kickbackByType"], *before["kickbackByType"]}
        },
    }


async def test_a_user_without_purchases(ranked_http: AsyncClient, view: View) -> None:
    answer = await ranked_http.get("/users/nobody/reports/2023-05", params=view)
    assert answer.status_code == 200
    report = answer.json()
    assert (report["totals"], report["change"]) == (totals([]), totals([]))
    assert [report[items] for items in ("byType", "byCategory", "byCard", "byMonth")] == [[], [], [], []]


async def test_the_first_of_all_periods_has_none_before(http: AsyncClient, view: View) -> None:
    for period in ("0001", "0001-01"):
        report = (await http.get(f"/users/nobody/reports/{period}", params=view)).json()
        assert (report["previous"], report["change"]) == (None, None)


@pytest.mark.parametrize(
    "period", ["0000", "0000-01", "2023-13", "2023-00", "2023-1", "23", "2023-05-01", "may", "%20"]
)
async def test_what_is_no_period(http: AsyncClient, period: str) -> None:
    answer = await http.get(f"/users/nobody/reports/{period}")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/path/period")
    assert answer.json()["errors"][0]["detail"] == "must be a year, YYYY, or a month, YYYY-MM"
