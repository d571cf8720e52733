"""GET /audit: what is done leaves a row, and what is not leaves none."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from httpx import AsyncClient

from tests.bodies import body
from tests.http.points import TODAY, cancel, day, earn, redeem

Rows = list[dict[str, Any]]
SIGN_UP = {"name": "Sign-up", "trigger": "SIGN_UP", "type": "POINT", "amount": 500}


async def trail(http: AsyncClient, **parameters: Any) -> Rows:
    """Every row, oldest first, but those that this reading leaves."""
    found: Rows = []
    lately = {"from": (datetime.now(UTC) - timedelta(minutes=10)).isoformat()}  # each hour is a Query for each shard
    answer = await http.get("/audit", params={"limit": 200, **lately, **parameters})
    while True:
        assert answer.status_code == 200, answer.text
        found += answer.json()["items"]
        if answer.json()["nextCursor"] is None:
            return [one for one in found if one["outcome"] != "SHOWN"][::-1]
        link = answer.headers["link"]
        answer = await http.get(link[1 : link.index(">")])


def told(rows: Rows) -> list[tuple[str, list[str]]]:
    return [(one["action"], one["about"]) for one in rows]


async def test_each_command_leaves_one_row(http: AsyncClient, unique: str) -> None:
    user, benefit = f"user:{unique}", f"b{unique}"
    purchase = f"t{unique}"
    headers = {"x-request-id": f"r-{unique}".encode(), "x-reason": "月末の訂正".encode()}
    started = datetime.now(UTC)
    await earn(http, unique, 50, transactionId=purchase)
    await redeem(http, unique, 30, headers=headers)
    await cancel(http, unique, amount=10)
    sent = {"adjustmentId": "a1", "type": "MILE", "amount": 5, "reason": "Goodwill"}
    assert (await http.post(f"/users/{unique}/adjustments", json=sent)).status_code == 201
    sent = {"adjustmentId": "a2", "type": "MILE", "amount": -2, "reason": "Too much"}
    assert (await http.post(f"/users/{unique}/adjustments", json=sent)).status_code == 201
    assert (await http.put(f"/benefits/{benefit}", json=SIGN_UP)).status_code == 201
    exercises = f"/users/{unique}/benefits/{benefit}/exercises"
    assert (await http.post(exercises, json={"exerciseId": "e1", "evidence": {}})).status_code == 201
    sent = {"reversalId": "v1", "amount": 1000, "reason": "Returned"}
    assert (await http.post(f"/transactions/{purchase}/reversals", json=sent)).status_code == 201
    closed = await http.post(f"/users/{unique}/closure", json={"closureId": "z1", "reason": "Moved away"})
    assert closed.status_code == 201

    rows = await trail(http, about=user)
    assert [(one["action"], one["about"], one["reason"]) for one in rows] == [
        ("purchase.record", [f"transaction:{purchase}", user], None),
        ("points.redeem", [user, "redemption:r1"], "月末の訂正"),
        ("redemption.cancel", [user, "redemption:r1", "cancellation:c1"], None),
        ("points.adjust", [user, "adjustment:a1"], "Goodwill"),
        ("points.adjust", [user, "adjustment:a2"], "Too much"),
        ("benefit.exercise", [user, f"benefit:{benefit}", "exercise:e1"], None),
        ("purchase.reverse", [f"transaction:{purchase}", "reversal:v1", user], "Returned"),
        ("account.close", [user, "closure:z1"], "Moved away"),
    ]
    assert {(one["actor"], one["outcome"]) for one in rows} == {("open", "DONE")}
    assert rows[1]["requestId"] == f"r-{unique}"
    assert rows[0]["requestId"] not in (None, "", "unknown")
    assert all(started <= datetime.fromisoformat(one["at"]) <= datetime.now(UTC) for one in rows)
    assert told(await trail(http, about=f"benefit:{benefit}")) == [
        ("benefit.define", [f"benefit:{benefit}"]),
        ("benefit.exercise", [user, f"benefit:{benefit}", "exercise:e1"]),
    ]


async def test_a_replay_and_a_refusal_leave_none(http: AsyncClient, unique: str) -> None:
    purchase = f"t{unique}"
    await earn(http, unique, 50, transactionId=purchase)
    assert (await redeem(http, unique, 30)).status_code == 201
    before = await trail(http, about=f"user:{unique}")
    sent = body(unique, transactionId=purchase, userId=unique, transactionDate=day(2), occurredAt=...)
    assert (await http.post("/transactions", json=sent)).status_code == 200
    assert (await http.post("/transactions", json={**sent, "transactionAmount": 4999})).status_code == 409
    assert (await http.post("/transactions", json={**sent, "transactionAmount": "5000"})).status_code == 422
    assert (await redeem(http, unique, 30)).status_code == 200
    assert (await redeem(http, unique, 31)).status_code == 409
    assert (await redeem(http, unique, 30_000, "r2")).status_code == 409
    assert (await cancel(http, unique, redemption_id="nothing")).status_code == 404
    assert (await http.post(f"/transactions/none{unique}/reversals", json={"reversalId": "v"})).status_code == 404
    assert await trail(http, about=f"user:{unique}") == before


async def test_a_group_of_a_batch_has_one_row_about_all_of_it(http: AsyncClient, unique: str) -> None:
    lines = [
        body(f"{unique}{number}", userId=f"{unique}{number % 2}", transactionDate=TODAY.isoformat(), occurredAt=...)
        for number in range(5)
    ]
    content = "\n".join(json.dumps(one) for one in lines)
    headers = {"content-type": "application/x-ndjson", "x-request-id": f"b-{unique}"}
    answer = await http.post("/transactions:batch", content=content, headers=headers)
    ids = [json.loads(line)["transactionId"] for line in answer.text.splitlines()]
    rows = [one for number in range(2) for one in await trail(http, about=f"user:{unique}{number}")]
    assert {one["requestId"] for one in rows} == {f"b-{unique}"}
    by_hash = {one["hash"]: one for one in rows}.values()
    about = [thing for one in by_hash for thing in one["about"] if thing.startswith("transaction:")]
    assert sorted(about) == sorted(f"transaction:{one}" for one in ids)


async def test_reading_the_trail_leaves_a_row_first(http: AsyncClient, unique: str) -> None:
    now = datetime.now(UTC).isoformat()
    asked = {"about": f"user:{unique}", "actor": "open", "from": now}
    headers = {"x-request-id": f"a-{unique}", "x-reason": "Complaint 12"}
    (shown,) = (await http.get("/audit", params=asked, headers=headers)).json()["items"]
    assert shown.pop("at")
    assert shown.pop("hash")
    assert shown == {
        "actor": "open",
        "action": "GET /audit",
        "about": ["open", f"user:{unique}"],
        "requestId": f"a-{unique}",
        "reason": "Complaint 12",
        "outcome": "SHOWN",
    }


async def test_pages_are_linked_and_their_cursors_bound(http: AsyncClient, unique: str) -> None:
    for number in range(5):
        await earn(http, unique, number + 1)
    now = datetime.now(UTC)
    wanted = {"about": f"user:{unique}", "from": (now - timedelta(minutes=10)).isoformat(), "to": now.isoformat()}
    whole = (await http.get("/audit", params=wanted)).json()["items"]
    assert len(whole) == 5
    first = await http.get("/audit", params={**wanted, "limit": 2})
    assert first.json()["items"] == whole[:2]
    link = first.headers["link"]
    second = await http.get(link[1 : link.index(">")])
    assert second.json()["items"] == whole[2:4]
    stolen = {"cursor": first.json()["nextCursor"], "limit": 2, "about": "user:somebody"}
    assert (await http.get("/audit", params=stolen)).json()["code"] == "CURSOR_INVALID"


NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("parameters", "pointer"),
    [
        ({"from": NOW + timedelta(seconds=1), "to": NOW}, "/query/from"),
        ({"from": NOW - timedelta(days=7, seconds=1), "to": NOW}, "/query/from"),
        ({"from": "2026-11-22"}, "/query/from"),
        ({"to": "2026-11-22T12:00:00"}, "/query/to"),
        ({"actor": "somebody"}, "/query/actor"),
        ({"actor": "user:a b"}, "/query/actor"),
        ({"actor": "user:hanako\n"}, "/query/actor"),
        ({"about": "4111111111111111"}, "/query/about"),
        ({"about": "card:4111111111111111"}, "/query/about"),
        ({"about": "user:"}, "/query/about"),
        ({"limit": 201}, "/query/limit"),
        ({"who": "user:hanako"}, "/query"),
    ],
)
async def test_bad_parameters(http: AsyncClient, parameters: dict[str, Any], pointer: str) -> None:
    sent = {name: one.isoformat() if isinstance(one, datetime) else one for name, one in parameters.items()}
    answer = await http.get("/audit", params=sent)
    assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION_FAILED")
    assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]
    assert "4111" not in answer.text


async def test_where_there_is_nothing(http: AsyncClient) -> None:
    empty = {"from": "2020-01-01T00:00:00Z", "to": "2020-01-01T02:00:00Z"}
    assert (await http.get("/audit", params=empty)).json() == {"items": [], "nextCursor": None}
    assert (await http.get("/audit", params={"from": "9998-12-31T23:59:59Z"})).status_code == 422
