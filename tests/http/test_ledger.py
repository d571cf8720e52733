"""GET /users/{id}/ledger"""

from typing import Any

import pytest
from httpx import AsyncClient

from tests.http.points import balance, cancel, earn, lot, redeem


async def walk(http: AsyncClient, user: str, limit: int, **parameters: Any) -> list[dict[str, Any]]:
    """Every item, following the links."""
    found: list[dict[str, Any]] = []
    answer = await http.get(f"/users/{user}/ledger", params={"limit": limit, **parameters})
    while True:
        page = answer.json()
        found += page["items"]
        if page["nextCursor"] is None:
            assert "link" not in answer.headers
            return found
        assert len(page["items"]) == limit
        link = answer.headers["link"]
        answer = await http.get(link[1 : link.index(">")])
        assert answer.json()["items"]


async def some_history(http: AsyncClient, user: str) -> None:
    await earn(http, user, 50)
    await earn(http, user, 9, kind="MILE")
    await redeem(http, user, 30)
    await earn(http, user, 4, kind="CASHBACK")
    await redeem(http, user, 5, "m1", type="MILE")
    await cancel(http, user, amount=10)
    await earn(http, user, 1, transactionDate="2022-10-01")


async def test_newest_first_with_the_balance_after_each(http: AsyncClient, unique: str) -> None:
    await some_history(http, unique)
    items = await walk(http, unique, 200)
    assert [(one["type"], one["version"], one["kind"], one["amount"], one["balance"]) for one in items] == [
        ("POINT", 5, "EXPIRE", -1, 30),
        ("POINT", 4, "EARN", 1, 31),
        ("POINT", 3, "RESTORE", 10, 30),
        ("MILE", 2, "USE", -5, 4),
        ("CASHBACK", 1, "EARN", 4, 4),
        ("POINT", 2, "USE", -30, 20),
        ("MILE", 1, "EARN", 9, 9),
        ("POINT", 1, "EARN", 50, 50),
    ]
    assert items[2]["cause"] == "CANCELLATION#r1#c1"
    assert items[5]["allocations"] == [{"lot": lot(2), "amount": -30}]
    assert items[7]["rule"] == "180 days"
    assert items[0]["effectiveAt"] == "2023-03-30T15:00:00.000000Z" < items[0]["postedAt"]
    assert items[0]["balance"] == await balance(http, unique)


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8])
@pytest.mark.parametrize("parameters", [{}, {"type": "POINT"}, {"type": "CASHBACK"}], ids=str)
async def test_pages_of_every_size_are_the_whole(
    http: AsyncClient, unique: str, limit: int, parameters: dict[str, str]
) -> None:
    await some_history(http, unique)
    whole = await walk(http, unique, 200, **parameters)
    assert await walk(http, unique, limit, **parameters) == whole
    assert {one["type"] for one in whole} <= {parameters.get("type", one["type"]) for one in whole}


async def test_what_is_written_during_a_walk_does_not_come_up_in_it(http: AsyncClient, unique: str) -> None:
    await earn(http, unique, 50)
    await redeem(http, unique, 1)
    page = (await http.get(f"/users/{unique}/ledger", params={"limit": 1})).json()
    await redeem(http, unique, 1, "r2")
    await earn(http, unique, 9, kind="MILE")
    parameters = {"limit": 1, "cursor": page["nextCursor"]}
    rest = (await http.get(f"/users/{unique}/ledger", params=parameters)).json()
    assert [one["version"] for one in rest["items"]] == [1]
    assert rest["nextCursor"] is None


async def test_a_user_without_entries(http: AsyncClient, unique: str) -> None:
    assert (await http.get(f"/users/{unique}/ledger")).json() == {"items": [], "nextCursor": None}


async def test_a_cursor_is_good_for_its_own_walk_only(http: AsyncClient, unique: str) -> None:
    await some_history(http, unique)
    cursor = (await http.get(f"/users/{unique}/ledger", params={"limit": 1})).json()["nextCursor"]
    for path in (
        f"/users/{unique}/ledger?limit=1&type=POINT",
        f"/users/{unique}/ledger?limit=2",
        f"/users/other-{unique}/ledger?limit=1",
        f"/users/{unique}/kickbacks?limit=1",
    ):
        answer = await http.get(f"{path}&cursor={cursor}")
        assert (answer.status_code, answer.json()["code"]) == (400, "CURSOR_INVALID")


@pytest.mark.parametrize(
    ("query", "pointer"), [("limit=0", "/query/limit"), ("limit=201", "/query/limit"), ("type=X", "/query/type")]
)
async def test_bad_parameters(http: AsyncClient, query: str, pointer: str) -> None:
    answer = await http.get(f"/users/u/ledger?{query}")
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
