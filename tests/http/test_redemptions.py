"""POST and GET /users/{id}/redemptions, and cancellations of them."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
import pytest_asyncio
from httpx import AsyncClient

from app.settings import Settings
from tests.http.conftest import running
from tests.http.points import balance, cancel, earn, lot, lots, redeem


@pytest_asyncio.fixture
async def replicas(shared_settings: Settings) -> AsyncIterator[list[AsyncClient]]:
    """Two instances on one table: no lane of one keeps the other from writing."""
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(running(shared_settings)) for _ in range(2)]


async def test_points_are_used_soonest_expiry_first(http: AsyncClient, unique: str) -> None:
    await earn(http, unique, 20, ago=2)
    await earn(http, unique, 50, ago=4)
    answer = await redeem(http, unique, 60, reward="ギフト券", reference="order 17")
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/users/{unique}/redemptions/r1"
    assert "idempotency-replayed" not in answer.headers
    redemption = answer.json()
    assert redemption.pop("createdAt").endswith("Z")
    assert redemption == {
        "redemptionId": "r1",
        "userId": unique,
        "type": "POINT",
        "amount": 60,
        "reward": "ギフト券",
        "reference": "order 17",
        "ledger": {
            "type": "POINT",
            "version": 3,
            "balance": 10,
            "allocations": [
                {"lot": lot(4), "amount": -50},
                {"lot": lot(2), "amount": -10},
            ],
        },
    }
    found = await http.get(answer.headers["location"])
    assert (found.status_code, found.content) == (200, answer.content)


async def test_more_than_there_is(http: AsyncClient, unique: str) -> None:
    await earn(http, unique, 50)
    answer = await redeem(http, unique, 51)
    assert answer.status_code == 409
    problem = answer.json()
    assert (problem["code"], problem["available"], problem["missing"]) == ("INSUFFICIENT_POINTS", 50, 1)
    assert (await http.get(f"/users/{unique}/redemptions/r1")).status_code == 404
    assert await balance(http, unique) == 50
    assert (await redeem(http, unique, 50)).status_code == 201, "a refused id is not taken"
    assert (await redeem(http, unique, 1, "r2", type="MILE")).json()["available"] == 0


async def test_the_same_again_is_told_again_also_when_the_points_are_gone(http: AsyncClient, unique: str) -> None:
    await earn(http, unique, 50)
    first = await redeem(http, unique, 50)
    for headers in ({}, {"If-Match": "1"}):
        again = await redeem(http, unique, 50, headers=headers)
        assert (again.status_code, again.content) == (200, first.content)
        assert again.headers["idempotency-replayed"] == "true"
    assert await balance(http, unique) == 0
    for changes in ({"amount": 49}, {"type": "MILE"}, {"reward": "another"}):
        other = await http.post(
            f"/users/{unique}/redemptions", json={"redemptionId": "r1", "type": "POINT", "amount": 50, **changes}
        )
        assert (other.status_code, other.json()["code"]) == (409, "TRANSACTION_CONFLICT")
    assert (await redeem(http, f"other-{unique}", 50)).json()["code"] == "INSUFFICIENT_POINTS", "ids are the user's own"


@pytest.mark.parametrize("spelled", ["{}", '"{}"'])
async def test_a_version_to_decide_on(http: AsyncClient, unique: str, spelled: str) -> None:
    await earn(http, unique, 50)
    moved = await redeem(http, unique, 10, headers={"If-Match": spelled.format(7)})
    assert (moved.status_code, moved.json()["code"], moved.json()["actual"]) == (409, "VERSION_CONFLICT", 1)
    assert (await redeem(http, unique, 10, headers={"If-Match": spelled.format(1)})).status_code == 201
    moved = await cancel(http, unique, headers={"If-Match": spelled.format(1)})
    assert (moved.json()["code"], moved.json()["actual"]) == ("VERSION_CONFLICT", 2)
    assert (await cancel(http, unique, headers={"If-Match": spelled.format(2)})).status_code == 201
    assert await balance(http, unique) == 50


@pytest.mark.parametrize("header", ["*", "", '"', '"1', "1,2", "W/1", "-1", "1.0", "１", "12345678901", "latest"])
async def test_a_version_that_is_none(http: AsyncClient, unique: str, header: str) -> None:
    headers = {"If-Match": header.encode()}
    answer = await redeem(http, unique, 10, headers=headers)
    assert answer.status_code == 422
    assert [error["pointer"].lower() for error in answer.json()["errors"]] == ["/header/if-match"]


async def test_50_equal_ones_at_once_are_one(replicas: list[AsyncClient], unique: str) -> None:
    await earn(replicas[0], unique, 50)
    answers = await asyncio.gather(*(redeem(replicas[n % 2], unique, 30) for n in range(50)))
    assert sorted(answer.status_code for answer in answers) == [200] * 49 + [201]
    assert len({answer.content for answer in answers}) == 1
    assert await balance(replicas[1], unique) == 20


async def test_60_redemptions_of_one_at_once_on_30_points(replicas: list[AsyncClient], unique: str) -> None:
    await earn(replicas[0], unique, 30)
    answers = await asyncio.gather(*(redeem(replicas[n % 2], unique, 1, f"r{n}") for n in range(60)))
    codes = [answer.json().get("code", answer.status_code) for answer in answers]
    assert sorted(map(str, codes)) == ["201"] * 30 + ["INSUFFICIENT_POINTS"] * 30
    assert sorted(answer.json()["ledger"]["balance"] for answer in answers if answer.status_code == 201) == [*range(30)]
    assert await balance(replicas[1], unique) == 0


async def test_a_cancellation_gives_back_to_the_lots(http: AsyncClient, unique: str) -> None:
    await earn(http, unique, 20, ago=2)
    await earn(http, unique, 50, ago=4)
    before = await lots(http, unique)
    await redeem(http, unique, 60)
    first = await cancel(http, unique, amount=25)
    assert first.status_code == 201
    cancellation = first.json()
    assert cancellation.pop("createdAt").endswith("Z")
    assert cancellation == {
        "cancellationId": "c1",
        "redemptionId": "r1",
        "userId": unique,
        "type": "POINT",
        "amount": 25,
        "expired": 0,
        "ledger": {
            "type": "POINT",
            "version": 4,
            "balance": 35,
            "allocations": [
                {"lot": lot(2), "amount": 10},
                {"lot": lot(4), "amount": 15},
            ],
        },
    }
    too_much = await cancel(http, unique, "c2", amount=36)
    assert (too_much.status_code, too_much.json()["code"]) == (409, "TRANSACTION_CONFLICT")
    assert too_much.json()["left"] == 35
    assert (await cancel(http, unique, "c3")).json()["amount"] == 35
    assert await lots(http, unique) == before
    again = await cancel(http, unique, amount=25)
    assert (again.status_code, again.content, again.headers["idempotency-replayed"]) == (200, first.content, "true")
    assert (await cancel(http, unique, "c4")).json()["left"] == 0
    other = await cancel(http, unique, amount=24)
    assert (other.json()["code"], "left" in other.json()) == ("TRANSACTION_CONFLICT", False)


async def test_what_is_not_there(http: AsyncClient, unique: str) -> None:
    assert (await cancel(http, unique)).json()["code"] == "NOT_FOUND"
    answer = await http.get(f"/users/{unique}/redemptions/r1")
    assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"amount": 0}, "/amount"),
        ({"amount": -1}, "/amount"),
        ({"amount": 1.0}, "/amount"),
        ({"amount": "1"}, "/amount"),
        ({"amount": True}, "/amount"),
        ({"amount": 10**12 + 1}, "/amount"),
        ({"amount": ...}, "/amount"),
        ({"type": "YEN"}, "/type"),
        ({"type": ...}, "/type"),
        ({"redemptionId": "a#b"}, "/redemptionId"),
        ({"redemptionId": "4111111111111111"}, "/redemptionId"),
        ({"redemptionId": ...}, "/redemptionId"),
        ({"reward": " "}, "/reward"),
        ({"reward": "4111 1111 1111 1111"}, "/reward"),
        ({"reference": "x" * 257}, "/reference"),
        ({"reference": "a\u0000"}, "/reference"),
        ({"canary": 1}, ""),
    ],
)
async def test_bad_redemptions(http: AsyncClient, unique: str, change: dict[str, Any], pointer: str) -> None:
    sent = {"redemptionId": "r1", "type": "POINT", "amount": 1, **change}
    content = json.dumps({name: value for name, value in sent.items() if value is not ...})
    answer = await http.post(
        f"/users/{unique}/redemptions", content=content, headers={"content-type": "application/json"}
    )
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert "4111" not in answer.text
    assert "canary" not in answer.text


@pytest.mark.parametrize("amount", [0, -1, 1.5, "1", 10**12 + 1])
async def test_bad_cancellations(http: AsyncClient, unique: str, amount: Any) -> None:
    assert (await cancel(http, unique, amount=amount)).status_code == 422
    assert (await cancel(http, unique, "a b", amount=1)).status_code == 422
    assert (await cancel(http, unique, redemption_id="4111111111111111")).status_code == 422
