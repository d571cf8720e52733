"""Cursors over HTTP: a walk is the whole, and a cursor is good for nothing but its own walk."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from httpx import AsyncClient

from tests.bodies import body

DAYS = [f"2023-05-{day:02d}" for day in (1, 1, 1, 2, 3, 3, 9, 9, 9, 9, 31)]


@pytest.fixture
def category(unique: str) -> str:
    return f"C{unique}".upper()


@pytest.fixture
async def purchases(http: AsyncClient, unique: str, category: str) -> list[dict[str, Any]]:
    sent = []
    for number, day in enumerate(DAYS):
        one = body(
            unique,
            transactionId=f"t{number:02d}-{unique}",
            transactionDate=day,
            occurredAt=...,
            category=category,
            cardId=f"card-{unique}",
        )
        answer = await http.post("/transactions", json=one)
        assert answer.status_code == 201
        sent.append({name: value for name, value in answer.json().items() if name != "ledger"})
    return sent


async def walk(http: AsyncClient, path: str, **params: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    answer = await http.get(path, params=params)
    for _ in range(100):
        assert answer.status_code == 200, answer.text
        page = answer.json()
        items += page["items"]
        assert ("link" in answer.headers) == (page["nextCursor"] is not None)
        if page["nextCursor"] is None:
            return items
        link, relation = answer.headers["link"].split("; ")
        assert relation == 'rel="next"'
        answer = await http.get(link.strip("<>"))
    raise AssertionError("the walk does not end")


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 10, 11, 12, 200])
async def test_history_is_the_same_in_pages_of_every_size(
    http: AsyncClient, unique: str, purchases: list[dict[str, Any]], limit: int
) -> None:
    wanted = sorted(purchases, key=lambda one: (one["transactionDate"], one["transactionId"]), reverse=True)
    assert await walk(http, f"/users/user-{unique}/kickbacks", limit=limit) == wanted


@pytest.mark.parametrize("limit", [1, 4, 10, 11, 12])
async def test_category_and_card_are_the_same_in_pages_of_every_size(
    http: AsyncClient, unique: str, category: str, purchases: list[dict[str, Any]], limit: int
) -> None:
    for path in (f"/categories/{category}/transactions", f"/cards/card-{unique}/transactions"):
        walked = await walk(http, path, limit=limit)
        assert walked == await walk(http, path, limit=200)
        assert sorted(one["transactionId"] for one in walked) == [one["transactionId"] for one in purchases]
        assert [one["transactionDate"] for one in walked] == sorted(DAYS, reverse=True)


@pytest.mark.parametrize(
    ("params", "days"),
    [
        ({"from": "2023-05-01", "to": "2023-05-01"}, ["2023-05-01"] * 3),
        ({"from": "2023-05-31"}, ["2023-05-31"]),
        ({"to": "2023-05-02"}, ["2023-05-02"] + ["2023-05-01"] * 3),
        ({"from": "2023-05-03", "to": "2023-05-09"}, ["2023-05-09"] * 4 + ["2023-05-03"] * 2),
        ({"from": "2024-01-01"}, []),
    ],
)
@pytest.mark.parametrize("limit", [1, 3, 50])
async def test_ranges_include_both_days(
    http: AsyncClient,
    unique: str,
    category: str,
    purchases: list[dict[str, Any]],
    params: dict[str, str],
    days: list[str],
    limit: int,
) -> None:
    for path in (
        f"/users/user-{unique}/kickbacks",
        f"/categories/{category}/transactions",
        f"/cards/card-{unique}/transactions",
    ):
        assert [one["transactionDate"] for one in await walk(http, path, **params, limit=limit)] == days


async def refused(http: AsyncClient, path: str, **params: Any) -> None:
    answer = await http.get(path, params=params)
    assert answer.status_code == 400, answer.text
    assert answer.json()["code"] == "CURSOR_INVALID"
    assert str(params["cursor"]) not in answer.text


async def test_a_cursor_is_good_for_its_own_walk_only(
    http: AsyncClient, unique: str, category: str, purchases: list[dict[str, Any]]
) -> None:
    own = f"/users/user-{unique}/kickbacks"
    cursor = (await http.get(own, params={"limit": 2, "type": "POINT"})).json()["nextCursor"]
    assert (await http.get(own, params={"limit": 2, "type": "POINT", "cursor": cursor})).status_code == 200
    for other in (
        {"limit": 3, "type": "POINT"},
        {"limit": 2},
        {"limit": 2, "type": "MILE"},
        {"limit": 2, "type": "POINT", "from": "2023-05-01"},
        {"limit": 2, "type": "POINT", "category": category},
    ):
        await refused(http, own, **other, cursor=cursor)
    await refused(http, "/users/somebody/kickbacks", limit=2, type="POINT", cursor=cursor)
    await refused(http, f"/categories/{category}/transactions", limit=2, cursor=cursor)
    await refused(http, f"/cards/card-{unique}/transactions", limit=2, cursor=cursor)


async def test_forged_and_cut_cursors(http: AsyncClient, unique: str, purchases: list[dict[str, Any]]) -> None:
    path = f"/users/user-{unique}/kickbacks"
    cursor = (await http.get(path, params={"limit": 2})).json()["nextCursor"]
    broken = {cursor[:-1], cursor[1:], cursor + "A", cursor + "=", cursor.swapcase(), "x", "%00", "ｃ"}
    broken |= {
        cursor[:place] + ("A" if cursor[place] != "A" else "B") + cursor[place + 1 :] for place in range(len(cursor))
    }
    for forged in broken:
        await refused(http, path, limit=2, cursor=forged)


async def test_a_cursor_of_another_key_is_refused_and_one_of_the_last_key_is_not(
    make_http: Callable[..., Awaitable[AsyncClient]],
) -> None:
    old = await make_http(projector="outside", cursor_keys="first")
    for number in range(3):
        await old.post("/transactions", json=body("u", transactionId=f"t{number}"))
    cursor = (await old.get("/users/user-u/kickbacks", params={"limit": 1})).json()["nextCursor"]
    rotated = await make_http(projector="outside", cursor_keys="second,first")
    assert (await rotated.get("/users/user-u/kickbacks", params={"limit": 1, "cursor": cursor})).status_code == 200
    await refused(
        await make_http(projector="outside", cursor_keys="second"), "/users/user-u/kickbacks", limit=1, cursor=cursor
    )
