"""Why these points: GET /transactions/{transactionId}/explain, GET /users/{id}/ledger/{type}/{version}/explain"""

from itertools import pairwise
from typing import Any

import pytest
from httpx import AsyncClient

from tests.bodies import body


async def get(http: AsyncClient, path: str) -> dict[str, Any]:
    answer = await http.get(path)
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


async def post(http: AsyncClient, path: str, content: dict[str, Any]) -> dict[str, Any]:
    answer = await http.post(path, json=content)
    assert answer.status_code == 201, answer.text
    document: dict[str, Any] = answer.json()
    return document


async def test_a_purchase(http: AsyncClient, unique: str) -> None:
    """Of miles, which do not expire: that of points would have expired by now."""
    await post(http, "/transactions", body(unique, transactionAmount=5999, kickbackAmount=59, kickbackType="MILE"))
    explained = await get(http, f"/transactions/txn-{unique}/explain")
    assert (explained["transactionId"], explained["userId"]) == (f"txn-{unique}", f"user-{unique}")
    assert explained["kickback"] == {
        "transactionAmount": 5999,
        "rate": 0.01,
        "product": 59.99,
        "byRate": 59,
        "rounded": True,
        "kickbackAmount": 59,
        "type": "MILE",
        "basis": "RATE",
    }
    entry = explained["entry"]
    assert (entry["version"], entry["kind"], entry["amount"], entry["balance"], entry["rule"]) == (
        1,
        "EARN",
        59,
        59,
        "never",
    )
    assert entry["before"] == {"balance": 0, "deficit": 0, "lots": []}
    assert entry["after"]["lots"] == [{"lot": "PURCHASE:NEVER", "earned": 59, "remaining": 59}]
    assert entry["postings"] == [
        {"account": "5120", "name": "Promotion cost of miles", "debit": 59, "credit": 0},
        {"account": "2120", "name": "Miles owed to customers", "debit": 0, "credit": 59},
    ]
    assert entry["balanced"] is True
    chain = entry["chain"]
    assert (chain["intact"], chain["follows"], chain["previousHash"]) == (True, True, "0" * 64)
    assert chain["hash"] == chain["recomputed"]
    assert explained["reversed"] == {"count": 0, "amount": 0, "kickbackAmount": 0, "left": 5999}
    assert "5999 x 0.01 = 59.99, rounded down to 59." in explained["text"]
    assert explained["text"][-1] == "Nothing of the purchase has been reversed."


async def test_expiry_and_what_reversals_took_back(http: AsyncClient, unique: str) -> None:
    """The lot's last day, and the instant at which it ends in the business time zone."""
    await post(http, "/transactions", body(unique))
    for number, amount in enumerate((1000, 999)):
        await post(http, f"/transactions/txn-{unique}/reversals", {"reversalId": f"r{number}", "amount": amount})
    explained = await get(http, f"/transactions/txn-{unique}/explain")
    (lot,) = explained["entry"]["lots"]
    assert lot == {
        "lot": "PURCHASE:2023-10-28",
        "source": "PURCHASE",
        "change": 50,
        "before": 0,
        "after": 50,
        "addsUp": True,
        "expiresOn": "2023-10-28",
        "expiresAt": "2023-10-28T15:00:00.000000Z",
    }
    assert explained["entry"]["rule"] == "180 days"
    assert explained["reversed"] == {"count": 2, "amount": 1999, "kickbackAmount": 20, "left": 3001}
    assert any("expires at 2023-10-29T00:00:00+09:00" in line for line in explained["text"])


async def test_a_purchase_that_earned_nothing(http: AsyncClient, unique: str) -> None:
    await post(http, "/transactions", body(unique, transactionAmount=99, kickbackAmount=..., kickbackRate="0.01"))
    explained = await get(http, f"/transactions/txn-{unique}/explain")
    assert explained["entry"] is None
    assert (explained["kickback"]["product"], explained["kickback"]["byRate"]) == (0.99, 0)
    assert explained["text"][1:3] == [
        "99 x 0.01 = 0.99, rounded down to 0.",
        "It earned nothing, so there is no ledger entry.",
    ]


async def test_a_given_kickback(http: AsyncClient, unique: str) -> None:
    await post(http, "/transactions", body(unique, transactionAmount=3, kickbackAmount=1, kickbackRate=...))
    explained = await get(http, f"/transactions/txn-{unique}/explain")
    assert (explained["kickback"]["basis"], explained["kickback"]["rate"]) == ("AMOUNT", 0.333333)


async def test_every_kind_of_cause(http: AsyncClient, unique: str) -> None:
    """Earned, exercised, adjusted, used, given back, reversed: each entry follows the one before."""
    user = f"/users/user-{unique}"
    miles = body(unique, kickbackType="MILE")
    purchase = await post(http, "/transactions", miles)
    await http.put(f"/benefits/{unique}", json={"name": "Up", "trigger": "SIGN_UP", "type": "MILE", "amount": 5})
    commands: dict[str, tuple[str, dict[str, Any]]] = {
        "EXERCISE": (f"{user}/benefits/{unique}/exercises", {"exerciseId": "e1", "evidence": {"a": 1}}),
        "ADJUSTMENT": (f"{user}/adjustments", {"adjustmentId": "a1", "type": "MILE", "amount": 7, "reason": "sorry"}),
        "REDEMPTION": (f"{user}/redemptions", {"redemptionId": "r1", "type": "MILE", "amount": 56}),
        "CANCELLATION": (f"{user}/redemptions/r1/cancellations", {"cancellationId": "c1", "amount": 2}),
        "REVERSAL": (f"/transactions/txn-{unique}/reversals", {"reversalId": "v1"}),
    }
    answers = {kind: await post(http, path, content) for kind, (path, content) in commands.items()}
    explained = [await get(http, f"{user}/ledger/MILE/{version}/explain") for version in range(1, 7)]
    assert [one["cause"]["kind"] for one in explained] == ["TRANSACTION", *commands]
    first, *others = explained
    purchase.pop("ledger")
    assert (first["cause"]["purchase"], first["cause"]["command"]) == (purchase, None)
    for one in others:
        assert (one["cause"]["purchase"], one["cause"]["command"]) == (None, answers[one["cause"]["kind"]])
    for one, entry in zip(explained, reversed((await get(http, f"{user}/ledger"))["items"]), strict=True):
        shown = ("type", "version", "kind", "amount", "balance", "allocations", "cause", "effectiveAt", "recordedAt")
        assert [one["entry"][name] for name in shown] == [entry[name] for name in shown]
        assert one["entry"]["chain"]["hash"] == entry["hash"]
        assert one["entry"]["before"]["balance"] + one["entry"]["amount"] == one["entry"]["after"]["balance"]
        assert all(lot["addsUp"] for lot in one["entry"]["lots"])
        assert one["entry"]["balanced"]
        assert one["entry"]["chain"]["intact"]
        assert one["entry"]["chain"]["follows"]
        assert one["text"][0].startswith("The cause is the ")
    for before, after in pairwise(explained):
        assert before["entry"]["after"] == after["entry"]["before"]
        assert before["entry"]["chain"]["hash"] == after["entry"]["chain"]["previousHash"]
    assert explained[-1]["entry"]["after"]["deficit"] == 42


async def test_an_expiry(http: AsyncClient, unique: str) -> None:
    """Booked by the next command, dated to its own instant."""
    await post(http, "/transactions", body(unique))
    adjustment = {"adjustmentId": "a1", "type": "POINT", "amount": 1, "reason": "sorry"}
    await post(http, f"/users/user-{unique}/adjustments", adjustment)
    explained = await get(http, f"/users/user-{unique}/ledger/POINT/2/explain")
    assert explained["cause"] == {"kind": "EXPIRY", "id": "EXPIRY#2023-10-28", "purchase": None, "command": None}
    assert (explained["entry"]["kind"], explained["entry"]["amount"]) == ("EXPIRE", -50)
    assert explained["entry"]["effectiveAt"] == "2023-10-28T15:00:00.000000Z"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/transactions/nothing/explain", 404),
        ("/transactions/a b/explain", 422),
        ("/users/nobody/ledger/POINT/1/explain", 404),
        ("/users/nobody/ledger/POINT/9999999999/explain", 404),
        ("/users/nobody/ledger/POINT/10000000000/explain", 422),
        ("/users/nobody/ledger/POINT/0/explain", 422),
        ("/users/nobody/ledger/POINT/-1/explain", 422),
        ("/users/nobody/ledger/POINT/one/explain", 422),
        ("/users/nobody/ledger/POINT/１/explain", 422),
        ("/users/nobody/ledger/POINTS/1/explain", 422),
        ("/users/nobody/ledger/POINT/1/explain?at=1", 422),
    ],
)
async def test_what_is_not_there_and_what_is_refused(http: AsyncClient, path: str, status: int) -> None:
    answer = await http.get(path)
    assert answer.status_code == status
    assert answer.json()["code"] == {404: "NOT_FOUND", 422: "VALIDATION_FAILED"}[status]
