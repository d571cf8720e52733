"""GET /users/{id}/balances"""

from typing import Any

import pytest
from httpx import AsyncClient

from tests.http.points import balance, day, earn, last_day, redeem, start


async def balances(http: AsyncClient, user: str, **parameters: Any) -> list[dict[str, Any]]:
    answer = await http.get(f"/users/{user}/balances", params=parameters)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found


async def test_one_element_for_each_account_with_entries(http: AsyncClient, unique: str) -> None:
    await earn(http, unique, 7, kind="CASHBACK")
    await earn(http, unique, 50, ago=3)
    await earn(http, unique, 20, ago=2)
    await earn(http, unique, 5, ago=2)
    points, cashback = await balances(http, unique)
    assert {**points, "asOf": ...} == {
        "type": "POINT",
        "balance": 75,
        "available": 75,
        "expiring": [{"expiresOn": last_day(3), "amount": 50}, {"expiresOn": last_day(2), "amount": 25}],
        "version": 3,
        "asOf": ...,
    }
    assert (cashback["type"], cashback["balance"], cashback["expiring"]) == ("CASHBACK", 7, [])
    assert await balances(http, unique, type="CASHBACK", at=cashback["asOf"]) == [cashback]
    assert await balances(http, unique, type="MILE") == []


async def test_a_user_without_entries(http: AsyncClient, unique: str) -> None:
    assert await balances(http, unique) == []
    assert await balances(http, unique, at=start(300)) == []


async def test_before_the_first_entry(http: AsyncClient, unique: str) -> None:
    await earn(http, unique, 50, ago=2)
    assert await balances(http, unique, at=f"{day(3)}T14:59:59.999999Z") == [
        {
            "type": "POINT",
            "balance": 0,
            "available": 0,
            "expiring": [],
            "version": 0,
            "asOf": f"{day(3)}T14:59:59.999999Z",
        }
    ]
    assert await balance(http, unique, at=start(2)) == 50


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2022-10-01T13:59:59.999999+09:00", 0),
        ("2022-10-01T14:00:00+09:00", 5),
        ("2022-10-02T16:00:00+09:00", 15),
        ("2023-03-30T23:59:59.999999+09:00", 15),
        ("2023-03-31T00:00:00+09:00", 10),
        ("2023-03-31T23:59:59.999999+09:00", 10),
        ("2023-04-01T00:00:00+09:00", 0),
        ("2999-01-01T00:00:00+09:00", 0),
    ],
)
async def test_past_instants_whatever_was_told_first(http: AsyncClient, unique: str, at: str, expected: int) -> None:
    """Both are over when they are recorded, the later one is recorded first."""
    for amount, happened in ((10, "2022-10-02T16:00:00+09:00"), (5, "2022-10-01T14:00:00+09:00")):
        await earn(http, unique, amount, transactionDate=..., occurredAt=happened)
    assert await balance(http, unique, at=at) == expected


async def test_a_future_instant_is_as_if_nothing_happens(http: AsyncClient, unique: str) -> None:
    await earn(http, unique, 50, ago=2)
    await earn(http, unique, 7, kind="MILE")
    assert await balance(http, unique, at=f"{last_day(2)}T23:59:59+09:00") == 50
    assert await balance(http, unique, at=start(1 - 180)) == 0
    points, miles = await balances(http, unique, at="2100-01-01T00:00:00Z")
    assert (points["balance"], points["expiring"], points["version"]) == (0, [], 1)
    assert miles["balance"] == 7


async def test_now_is_one_read_for_one_account(http: AsyncClient, unique: str) -> None:
    await earn(http, unique, 50)
    for n in range(5):
        await redeem(http, unique, 1, f"r{n}")
    answer = await http.get(f"/users/{unique}/balances", params={"type": "POINT"})
    assert answer.json()[0]["version"] == 6
    assert 'rcu;desc="1"' in answer.headers["server-timing"]


async def test_what_is_owed_is_not_available(http: AsyncClient, unique: str) -> None:
    await earn(http, unique, 50, transactionId=f"t-{unique}")
    await redeem(http, unique, 30)
    await http.post(f"/transactions/t-{unique}/reversals", json={"reversalId": "v1"})
    (points,) = await balances(http, unique)
    assert (points["balance"], points["available"], points["expiring"]) == (-30, 0, [])
    refused = (await redeem(http, unique, 1, "r2")).json()
    assert (refused["code"], refused["available"], refused["missing"]) == ("INSUFFICIENT_POINTS", 0, 1)


async def test_what_is_used_is_seen_at_once_and_what_was_before_stays(http: AsyncClient, unique: str) -> None:
    await earn(http, unique, 50)
    used_at = (await redeem(http, unique, 30)).json()["createdAt"]
    assert await balance(http, unique) == 20
    assert await balance(http, unique, at=used_at) == 20
    assert await balance(http, unique, at=start(1)) == 50


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("at=2026-11-21", "/query/at"),
        ("at=2026-11-21T00:00:00", "/query/at"),
        ("at=0001-01-01T00:00:00%2B14:00", "/query/at"),
        ("at=1969-12-31T00:00:00Z", "/query/at"),
        ("at=9999-12-31T23:59:59-14:00", "/query/at"),
        ("at=2026-02-29T00:00:00Z", "/query/at"),
        ("at=", "/query/at"),
        ("type=point", "/query/type"),
        ("type=YEN", "/query/type"),
        ("typ=POINT", "/query"),
        ("at=2026-11-21T00:00:00Z&at=2026-11-22T00:00:00Z", "/query"),
    ],
)
@pytest.mark.parametrize("path", ["balances", "lots"])
async def test_bad_parameters(http: AsyncClient, path: str, query: str, pointer: str) -> None:
    answer = await http.get(f"/users/u/{path}?{query}")
    assert answer.status_code == 422, answer.text
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


@pytest.mark.parametrize("at", ["1970-01-01T00:00:00+14:00", "9998-12-31T23:59:59.999999999-12:00"])
async def test_the_first_and_the_last_instant(http: AsyncClient, unique: str, at: str) -> None:
    await earn(http, unique, 7, kind="MILE")
    await earn(http, unique, 7)
    assert len(await balances(http, unique, at=at)) == 2
