"""POST /users/{id}/closure"""

import pytest
from httpx import AsyncClient, Response

from tests.http.points import balance, earn, redeem, start


async def close(http: AsyncClient, user: str, closure_id: str = "l1", reason: str = "The user left") -> Response:
    return await http.post(f"/users/{user}/closure", json={"closureId": closure_id, "reason": reason})


async def test_what_is_left_expires_and_the_history_stays(http: AsyncClient, unique: str) -> None:
    await earn(http, unique, 50)
    await earn(http, unique, 9, kind="MILE")
    first = await close(http, unique)
    assert first.status_code == 201
    closure = first.json()
    closed_at = closure.pop("createdAt")
    assert closure == {
        "closureId": "l1",
        "userId": unique,
        "reason": "The user left",
        "expired": [
            {"type": "POINT", "amount": 50, "version": 2, "balance": 0},
            {"type": "MILE", "amount": 9, "version": 2, "balance": 0},
        ],
    }
    assert await balance(http, unique) == 0
    assert await balance(http, unique, at=start(1)) == 50
    assert await balance(http, unique, at=closed_at) == 0
    items = (await http.get(f"/users/{unique}/ledger")).json()["items"]
    assert [(one["kind"], one["cause"]) for one in items[:2]] == [("EXPIRE", "CLOSURE#l1")] * 2
    assert len(items) == 4
    assert len((await http.get(f"/users/{unique}/kickbacks")).json()["items"]) == 2
    assert (await redeem(http, unique, 1)).json()["code"] == "INSUFFICIENT_POINTS"
    again = await close(http, unique)
    assert (again.status_code, again.content, again.headers["idempotency-replayed"]) == (200, first.content, "true")
    assert (await close(http, unique, reason="Another")).json()["code"] == "TRANSACTION_CONFLICT"


async def test_somebody_who_has_nothing(http: AsyncClient, unique: str) -> None:
    answer = await close(http, unique)
    assert (answer.status_code, answer.json()["expired"]) == (201, [])


@pytest.mark.parametrize(("closure_id", "reason"), [("", "x"), ("a#b", "x"), ("l1", ""), ("l1", "\u0000")])
async def test_bad_closures(http: AsyncClient, unique: str, closure_id: str, reason: str) -> None:
    assert (await close(http, unique, closure_id, reason)).status_code == 422
