"""POST /users/{id}/adjustments"""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from httpx import AsyncClient, Response

from tests.http.points import balance, earn, lots


async def adjust(http: AsyncClient, user: str, amount: Any, adjustment_id: str = "a1", **more: Any) -> Response:
    headers = more.pop("headers", {})
    sent = {"adjustmentId": adjustment_id, "type": "POINT", "amount": amount, "reason": "Goodwill", **more}
    return await http.post(f"/users/{user}/adjustments", json=sent, headers=headers)


async def test_points_come_in_as_a_lot_of_their_own(http: AsyncClient, unique: str) -> None:
    before = datetime.now(UTC)
    first = await adjust(http, unique, 100)
    assert first.status_code == 201
    today = {(at + timedelta(days=180)).astimezone(ZoneInfo("Asia/Tokyo")).date() for at in (before, datetime.now(UTC))}
    adjustment = first.json()
    (allocation,) = adjustment["ledger"].pop("allocations")
    assert allocation["amount"] == 100
    assert allocation["lot"] in {f"ADJUSTMENT:{day}" for day in today}
    assert adjustment.pop("createdAt").endswith("Z")
    assert adjustment == {
        "adjustmentId": "a1",
        "userId": unique,
        "type": "POINT",
        "amount": 100,
        "reason": "Goodwill",
        "ledger": {"type": "POINT", "version": 1, "balance": 100},
    }
    again = await adjust(http, unique, 100)
    assert (again.status_code, again.content, again.headers["idempotency-replayed"]) == (200, first.content, "true")
    assert (await adjust(http, unique, -100)).json()["code"] == "TRANSACTION_CONFLICT"
    (entry,) = (await http.get(f"/users/{unique}/ledger")).json()["items"]
    assert (entry["kind"], entry["cause"], entry["rule"]) == ("ADJUST", "ADJUSTMENT#a1", "180 days")


async def test_with_a_last_day_of_their_own(http: AsyncClient, unique: str) -> None:
    answer = await adjust(http, unique, 100, expiresOn="9998-12-31")
    assert answer.json()["expiresOn"] == "9998-12-31"
    assert await lots(http, unique) == [("ADJUSTMENT:9998-12-31", 100, 100)]
    over = await adjust(http, unique, 5, "a2", expiresOn="2026-11-01")
    assert (over.status_code, over.json()["code"]) == (409, "CONDITION_NOT_MET")
    assert over.json()["condition"] == "expiresOn is today or later"
    assert await balance(http, unique) == 100


async def test_points_go_out(http: AsyncClient, unique: str) -> None:
    await earn(http, unique, 50)
    answer = await adjust(http, unique, -20, headers={"If-Match": "1"})
    assert answer.json()["ledger"]["balance"] == 30
    refused = await adjust(http, unique, -31, "a2")
    assert refused.json()["code"] == "INSUFFICIENT_POINTS"
    assert (refused.json()["available"], refused.json()["missing"]) == (30, 1)
    moved = await adjust(http, unique, 1, "a2", headers={"If-Match": "1"})
    assert (moved.json()["code"], moved.json()["actual"]) == ("VERSION_CONFLICT", 2)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"amount": 0}, "/amount"),
        ({"amount": 10**12 + 1}, "/amount"),
        ({"amount": -(10**12) - 1}, "/amount"),
        ({"amount": "5"}, "/amount"),
        ({"amount": 0.5}, "/amount"),
        ({"reason": ""}, "/reason"),
        ({"reason": None}, "/reason"),
        ({"expiresOn": "9999-01-01"}, "/expiresOn"),
        ({"expiresOn": "2027-02-29"}, "/expiresOn"),
        ({"amount": -5, "expiresOn": "2027-02-28"}, "/expiresOn"),
    ],
)
async def test_bad_adjustments(http: AsyncClient, unique: str, change: dict[str, Any], pointer: str) -> None:
    answer = await adjust(http, unique, **{"amount": 5, **change})
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
