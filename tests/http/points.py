"""Points for tests: earned by purchases of the last days, so that they count, and used by redemptions."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from httpx import AsyncClient, Response

from tests.bodies import body

TODAY = datetime.now(ZoneInfo("Asia/Tokyo")).date()


def day(ago: int) -> str:
    """The business day that was so many days ago; negative: that will be."""
    return (TODAY - timedelta(days=ago)).isoformat()


def start(ago: int) -> str:
    """Its first instant."""
    return f"{day(ago)}T00:00:00+09:00"


def last_day(ago: int) -> str:
    """Through which points count that were earned so many days ago."""
    return day(ago - 180)


def lot(ago: int) -> str:
    """The lot of a purchase so many days ago."""
    return f"PURCHASE:{last_day(ago)}"


async def earn(
    http: AsyncClient, user: str, amount: int, *, ago: int = 2, kind: str = "POINT", **changes: Any
) -> dict[str, Any]:
    """Records a purchase of so many days ago that earns it, and returns the answer's `ledger`."""
    sent = body(
        user,
        **{
            "transactionId": ...,
            "userId": user,
            "transactionDate": day(ago),
            "occurredAt": ...,
            "kickbackAmount": amount,
            "kickbackRate": ...,
            "kickbackType": kind,
            **changes,
        },
    )
    answer = await http.post("/transactions", json=sent)
    assert answer.status_code == 201, answer.text
    ledger: dict[str, Any] = answer.json()["ledger"]
    return ledger


async def redeem(http: AsyncClient, user: str, amount: int, redemption_id: str = "r1", **more: Any) -> Response:
    """POST /users/{id}/redemptions; `headers` are headers, the rest fields."""
    headers = more.pop("headers", {})
    sent = {"redemptionId": redemption_id, "type": "POINT", "amount": amount, **more}
    return await http.post(f"/users/{user}/redemptions", json=sent, headers=headers)


async def cancel(
    http: AsyncClient, user: str, cancellation_id: str = "c1", redemption_id: str = "r1", **more: Any
) -> Response:
    """POST /users/{id}/redemptions/{redemptionId}/cancellations"""
    headers = more.pop("headers", {})
    path = f"/users/{user}/redemptions/{redemption_id}/cancellations"
    return await http.post(path, json={"cancellationId": cancellation_id, **more}, headers=headers)


async def balance(http: AsyncClient, user: str, **parameters: Any) -> int:
    """Of the points account; 0 where it has no entries."""
    answer = await http.get(f"/users/{user}/balances", params={"type": "POINT", **parameters})
    assert answer.status_code == 200, answer.text
    return sum(one["balance"] for one in answer.json())


async def lots(http: AsyncClient, user: str, **parameters: Any) -> list[tuple[str, int, int]]:
    """Lot, earned and remaining of each open lot of the points account."""
    answer = await http.get(f"/users/{user}/lots", params={"type": "POINT", **parameters})
    assert answer.status_code == 200, answer.text
    return [(one["lot"], one["earned"], one["remaining"]) for one in answer.json()]
