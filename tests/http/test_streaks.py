"""GET /users/{id}/streaks"""

from typing import Any

import pytest
from httpx import AsyncClient

from tests.bodies import body


async def buy(http: AsyncClient, unique: str, *days: str) -> None:
    for number, day in enumerate(days):
        sent = body(unique, transactionId=f"t{number}-{unique}", transactionDate=day, occurredAt=...)
        assert (await http.post("/transactions", json=sent)).status_code == 201


async def streaks(http: AsyncClient, unique: str, **query: str) -> dict[str, Any]:
    answer = await http.get(f"/users/user-{unique}/streaks", params=query)
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


def run(length: int, first: str, last: str) -> dict[str, Any]:
    return {"length": length, "from": first, "to": last}


async def test_days_in_a_row(http: AsyncClient, unique: str) -> None:
    await buy(http, unique, "2024-02-27", "2024-02-28", "2024-02-29", "2024-03-01", "2024-03-01", "2024-03-04")
    # The last instant of 4 March in Tokyo, and the first of 5 and of 6 March.
    four, one = run(4, "2024-02-27", "2024-03-01"), run(1, "2024-03-04", "2024-03-04")
    for at, current in (
        ("2024-03-04T14:59:59Z", one),
        ("2024-03-04T15:00:00Z", one),
        ("2024-03-05T15:00:00Z", None),
    ):
        answer = await streaks(http, unique, at=at)
        assert (answer["current"], answer["longest"], answer["days"]) == (current, four, 5)
    past = await streaks(http, unique, by="day", at="2024-02-28T12:00:00+09:00")
    assert past == {
        "by": "day",
        "at": "2024-02-28T03:00:00.000000Z",
        "current": run(2, "2024-02-27", "2024-02-28"),
        "longest": run(2, "2024-02-27", "2024-02-28"),
        "days": 2,
    }
    assert (await streaks(http, unique))["current"] is None


async def test_months_in_a_row(http: AsyncClient, unique: str) -> None:
    await buy(http, unique, "2023-11-30", "2023-12-01", "2024-01-31", "2024-03-01")
    answer = await streaks(http, unique, by="month", at="2024-04-30T00:00:00Z")
    assert answer["current"] == run(1, "2024-03", "2024-03")
    assert answer["longest"] == run(3, "2023-11", "2024-01")
    assert answer["months"] == 4
    assert (await streaks(http, unique, by="month", at="2024-05-01T00:00:00Z"))["current"] is None


async def test_what_was_wholly_reversed_does_not_count(http: AsyncClient, unique: str) -> None:
    await buy(http, unique, "2024-05-01", "2024-05-02", "2024-05-03", "2024-05-03")
    at = "2024-05-03T03:00:00Z"

    async def reverse(number: int, **amount: int) -> None:
        path = f"/transactions/t{number}-{unique}/reversals"
        assert (await http.post(path, json={"reversalId": f"r{len(amount)}", **amount})).status_code == 201

    await reverse(1, amount=4999)
    assert (await streaks(http, unique, at=at))["current"] == run(3, "2024-05-01", "2024-05-03")
    await reverse(1)
    assert (await streaks(http, unique, at=at))["current"] == run(1, "2024-05-03", "2024-05-03")
    await reverse(2)
    answer = await streaks(http, unique, at=at)
    assert (answer["current"], answer["days"]) == (run(1, "2024-05-03", "2024-05-03"), 2)
    await reverse(3)
    answer = await streaks(http, unique, at=at)
    assert (answer["current"], answer["longest"], answer["days"]) == (None, run(1, "2024-05-01", "2024-05-01"), 1)


async def test_a_user_without_purchases(http: AsyncClient, unique: str) -> None:
    answer = await streaks(http, unique)
    assert (answer["by"], answer["current"], answer["longest"], answer["days"]) == ("day", None, None, 0)


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"by": "week"}, "/query/by"),
        ({"at": "2024-02-28"}, "/query/at"),
        ({"at": "0001-01-01T00:00:00Z"}, "/query/at"),
        ({"at": "9999-12-31T23:59:59Z"}, "/query/at"),
        ({"canary": "1"}, "/query"),
    ],
)
async def test_what_is_refused(http: AsyncClient, query: dict[str, str], pointer: str) -> None:
    answer = await http.get("/users/user123/streaks", params=query)
    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]
    assert "canary" not in answer.text
