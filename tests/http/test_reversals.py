"""POST /transactions/{transactionId}/reversals on a real DynamoDB Local."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from httpx import AsyncClient, Response

from tests.bodies import body
from tests.http.settled import settled
from tests.http.sums import View
from tests.http.test_refusals import assert_problem
from tests.http.test_view_walks import walk, zeroes_away

TODAY = (datetime.now(UTC) + timedelta(hours=9)).date()
MONTH, YEAR = TODAY.isoformat()[:7], TODAY.isoformat()[:4]


async def buy(http: AsyncClient, unique: str, **changes: Any) -> dict[str, Any]:
    """A purchase whose points still count: 5,000 yen, 50 points."""
    sent = body(unique, transactionDate=TODAY.isoformat(), occurredAt=..., **changes)
    answer = await http.post("/transactions", json=sent)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def reverse(http: AsyncClient, transaction_id: str, reversal_id: str = "v1", **fields: Any) -> Response:
    return await http.post(f"/transactions/{transaction_id}/reversals", json={"reversalId": reversal_id, **fields})


async def reversed_now(http: AsyncClient, transaction_id: str, reversal_id: str = "v1", **fields: Any) -> Any:
    answer = await reverse(http, transaction_id, reversal_id, **fields)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_all_of_it(http: AsyncClient, unique: str) -> None:
    bought = await buy(http, unique)
    done = await reversed_now(http, bought["transactionId"], reason="返品")
    created_at = done.pop("createdAt")
    assert created_at >= bought["createdAt"]
    assert done == {
        "reversalId": "v1",
        "transactionId": bought["transactionId"],
        "userId": bought["userId"],
        "amount": 5000,
        "kickbackAmount": 50,
        "kickbackType": "POINT",
        "clawedBack": 50,
        "left": 0,
        "reason": "返品",
        "ledger": {
            "type": "POINT",
            "version": 2,
            "balance": 0,
            "allocations": [{"lot": f"PURCHASE:{bought['ledger']['expiresOn']}", "amount": -50}],
        },
    }
    history = (await http.get(f"/users/{bought['userId']}/kickbacks")).json()["items"]
    shared = {name: bought[name] for name in bought if name not in ("ledger", "description", "channel", "createdAt")}
    assert history[0] == {
        **shared,
        "transactionAmount": -5000,
        "kickbackAmount": -50,
        "reversalId": "v1",
        "reason": "返品",
        "createdAt": created_at,
    }
    assert [one["transactionAmount"] for one in history] == [-5000, 5000]
    assert (await http.get(f"/transactions/{bought['transactionId']}")).json() == bought


async def test_three_parts_are_the_whole(http: AsyncClient, unique: str) -> None:
    bought = await buy(http, unique, transactionAmount=1000, kickbackAmount=10, kickbackRate=0.01)
    parts = [
        await reversed_now(http, bought["transactionId"], f"v{number}", **fields)
        for number, fields in enumerate(({"amount": 333}, {"amount": 333}, {}))
    ]
    assert [(one["amount"], one["kickbackAmount"], one["left"]) for one in parts] == [
        (333, 4, 667),
        (333, 3, 334),
        (334, 3, 0),
    ]
    assert [one["ledger"]["balance"] for one in parts] == [6, 3, 0]


async def test_again_it_is_the_same_and_other_content_is_a_conflict(http: AsyncClient, unique: str) -> None:
    bought = await buy(http, unique)
    first = await reverse(http, bought["transactionId"], amount=2000)
    again = await reverse(http, bought["transactionId"], amount=2000)
    assert (again.status_code, again.headers["Idempotency-Replayed"]) == (200, "true")
    assert again.content == first.content
    assert "Idempotency-Replayed" not in first.headers
    for fields in ({"amount": 2001}, {}, {"amount": 2000, "reason": "x"}):
        assert_problem(await reverse(http, bought["transactionId"], **fields), 409, "TRANSACTION_CONFLICT")
    history = (await http.get(f"/users/{bought['userId']}/kickbacks")).json()["items"]
    assert len(history) == 2


async def test_more_than_is_left(http: AsyncClient, unique: str) -> None:
    bought = await buy(http, unique)
    await reversed_now(http, bought["transactionId"], "a", amount=4000)
    problem = assert_problem(
        await reverse(http, bought["transactionId"], "b", amount=1001), 409, "TRANSACTION_CONFLICT"
    )
    assert problem["left"] == 1000
    await reversed_now(http, bought["transactionId"], "b")
    problem = assert_problem(await reverse(http, bought["transactionId"], "c"), 409, "TRANSACTION_CONFLICT")
    assert problem["left"] == 0


async def test_unknown_purchases(http: AsyncClient, unique: str) -> None:
    assert_problem(await reverse(http, f"no-{unique}"), 404, "NOT_FOUND")
    bought = await buy(http, unique)
    await reversed_now(http, bought["transactionId"])
    # The id of a reversal's item is no purchase's, nor one that could be sent.
    assert_problem(await reverse(http, f"{bought['transactionId']}%23v1"), 422, "VALIDATION_FAILED")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"amount": 0}, "/amount"),
        ({"amount": -1}, "/amount"),
        ({"amount": 1.5}, "/amount"),
        ({"amount": "50"}, "/amount"),
        ({"amount": True}, "/amount"),
        ({"amount": 10**12 + 1}, "/amount"),
        ({"reversalId": "a#b"}, "/reversalId"),
        ({"reversalId": ""}, "/reversalId"),
        ({"reversalId": None}, "/reversalId"),
        ({"reversalId": "4111111111111111"}, "/reversalId"),
        ({"reason": "a\u0000b"}, "/reason"),
        ({"reason": "x" * 257}, "/reason"),
        ({"reason": "4111 1111 1111 1111"}, "/reason"),
        ({"ammount": 1}, ""),
    ],
)
async def test_bad_fields(http: AsyncClient, unique: str, change: dict[str, Any], pointer: str) -> None:
    bought = await buy(http, unique)
    answer = await http.post(f"/transactions/{bought['transactionId']}/reversals", json={"reversalId": "v1", **change})
    problem = assert_problem(answer, 422, "VALIDATION_FAILED")
    assert [error["pointer"] for error in problem["errors"]] == [pointer]
    assert "4111" not in answer.text
    assert len((await http.get(f"/users/{bought['userId']}/kickbacks")).json()["items"]) == 1


async def test_of_twenty_tenths_at_once_ten_succeed(http: AsyncClient, unique: str) -> None:
    bought = await buy(http, unique, kickbackAmount=55)
    answers = await asyncio.gather(
        *(reverse(http, bought["transactionId"], f"v{number}", amount=500) for number in range(20))
    )
    assert sorted(answer.status_code for answer in answers) == [201] * 10 + [409] * 10
    done = [answer.json() for answer in answers if answer.status_code == 201]
    assert sum(one["kickbackAmount"] for one in done) == 55
    assert sorted(one["left"] for one in done) == list(range(0, 5000, 500))
    assert {answer.json().get("left") for answer in answers if answer.status_code == 409} == {0}


async def test_loops_of_buying_and_reversing_leave_nothing(http: AsyncClient, unique: str) -> None:
    for number in range(20):
        bought = await buy(http, unique, transactionId=f"t{number}-{unique}", kickbackAmount=7)
        assert bought["ledger"]["balance"] == 7
        if number % 2:
            await reversed_now(http, bought["transactionId"], "some", amount=1 + 250 * number)
        await reversed_now(http, bought["transactionId"], "rest")
    assert (await buy(http, unique))["ledger"]["balance"] == 50


async def test_spent_points_leave_a_hole_that_earnings_fill(http: AsyncClient, unique: str) -> None:
    bought = await buy(http, unique)
    sent = {"redemptionId": f"r-{unique}", "type": "POINT", "amount": 30}
    assert (await http.post(f"/users/{bought['userId']}/redemptions", json=sent)).status_code == 201
    done = await reversed_now(http, bought["transactionId"])
    assert (done["clawedBack"], done["ledger"]["balance"]) == (50, -30)
    assert done["ledger"]["allocations"][-1] == {"lot": "DEFICIT", "amount": -30}
    assert (await buy(http, unique, transactionId=f"later-{unique}"))["ledger"]["balance"] == 20


async def test_within_the_balance_only_what_is_there_goes_back(
    make_http: Callable[..., Awaitable[AsyncClient]],
) -> None:
    http = await make_http(clawback_policy="within_balance")
    bought = await buy(http, "u")
    sent = {"redemptionId": "r", "type": "POINT", "amount": 30}
    assert (await http.post(f"/users/{bought['userId']}/redemptions", json=sent)).status_code == 201
    done = await reversed_now(http, bought["transactionId"], "v1", amount=3000)
    assert (done["kickbackAmount"], done["clawedBack"], done["ledger"]["balance"]) == (30, 20, 0)
    rest = await reversed_now(http, bought["transactionId"], "v2")
    assert (rest["kickbackAmount"], rest["clawedBack"], rest["ledger"]) == (20, 0, None)
    history = (await http.get(f"/users/{bought['userId']}/kickbacks")).json()["items"]
    assert [one["kickbackAmount"] for one in history] == [-20, -30, 50]
    assert (await buy(http, "u", transactionId="later"))["ledger"]["balance"] == 50


async def test_walks_of_every_size_have_them(http: AsyncClient, unique: str) -> None:
    category = f"C_{unique}".upper()
    for number in range(6):
        bought = await buy(
            http, unique, transactionId=f"t{number}-{unique}", category=category, cardId=f"card-{unique}"
        )
        for part in range(number % 3):
            await reversed_now(http, bought["transactionId"], f"v{part}", amount=100)
    for path in (
        f"/users/user-{unique}/kickbacks",
        f"/categories/{category}/transactions",
        f"/cards/card-{unique}/transactions",
    ):
        whole = await walk(http, path, limit=200)
        assert len(whole) == 6 + 6
        assert sum(one["transactionAmount"] for one in whole) == 6 * 5000 - 6 * 100
        assert sum("reversalId" in one for one in whole) == 6
        for limit in (1, 5, 12):
            assert await walk(http, path, limit=limit) == whole
    only = await walk(http, f"/users/user-{unique}/kickbacks", limit=2, type="POINT", category=category)
    assert len(only) == 12
    assert await walk(http, f"/users/user-{unique}/kickbacks", limit=2, type="MILE") == []


PATHS = (
    f"/categories/GROCERY/rankings?month={MONTH}",
    f"/categories/GROCERY/rankings?year={YEAR}&by=merchant",
    f"/categories/GROCERY/rankings?month={MONTH}&by=user",
    f"/rankings/categories?year={YEAR}",
    f"/rankings/cards?from={TODAY}&to={TODAY}",
    f"/cards/card456/efficiency?from={TODAY}&to={TODAY}",
    f"/users/user-u/reports/{YEAR}",
    f"/users/user-u/reports/{MONTH}",
)


async def answers(http: AsyncClient, view: View) -> list[Any]:
    """What all of them say now."""
    if not view:
        await settled(http)
    found = []
    for path in PATHS:
        answer = await http.get(f"{path}{'&' if '?' in path else '?'}{urlencode(view)}")
        assert answer.status_code == 200, answer.text
        found.append(zeroes_away({name: value for name, value in answer.json().items() if name != "asOf"}))
    return found


async def test_every_sum_comes_back(make_http: Callable[..., Awaitable[AsyncClient]], view: View) -> None:
    http = await make_http()
    await buy(http, "u", transactionId="kept", category="GROCERY", cardName="古いカード")
    before = await answers(http, view)
    await buy(http, "u", transactionId="other", merchantName="店", kickbackType="MILE", cardName="古いカード")
    await buy(http, "u", transactionId="fuel", category="FUEL", cardId="card2", cardName="古いカード")
    some = await answers(http, view)
    assert some != before
    await reversed_now(http, "other", "a", amount=2000)
    totals = (await answers(http, view))[0]["totals"]
    assert (totals["count"], totals["transactionTotal"]) == (2, 8000)
    assert totals["kickbackByType"] == {"POINT": 50, "MILE": 30}
    await reversed_now(http, "other", "b")
    await reversed_now(http, "fuel", "a", amount=4999)
    await reversed_now(http, "fuel", "b")
    assert await answers(http, view) == before


async def test_a_purchase_whose_points_are_over_leaves_nothing_behind(http: AsyncClient, unique: str) -> None:
    """Told years later: its points have expired, and are not taken back a second time."""
    for number in range(3):
        sent = body(unique, transactionId=f"{unique}-{number}", transactionDate="2023-05-01", occurredAt=...)
        assert (await http.post("/transactions", json=sent)).status_code == 201
        done = await reversed_now(http, f"{unique}-{number}")
        assert (done["kickbackAmount"], done["clawedBack"], done["ledger"]) == (50, 0, None)
    (account,) = (await http.get(f"/users/{sent['userId']}/balances")).json()
    assert (account["balance"], account["available"], account["expiring"]) == (0, 0, [])
