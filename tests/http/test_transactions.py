"""POST /transactions and GET /transactions/{transactionId} as the HTTP contract has them."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import pytest
from httpx import AsyncClient

from app.settings import Settings
from tests.bodies import EXAMPLE_BODY, body
from tests.http.conftest import running


async def test_the_example_purchase(make_http: Callable[..., Awaitable[AsyncClient]]) -> None:
    http = await make_http(projector="outside")
    answer = await http.post("/transactions", json=EXAMPLE_BODY)
    assert answer.status_code == 201
    assert answer.headers["location"] == "/transactions/txn001"
    stored = answer.json()
    created_at = stored.pop("createdAt")
    ledger = stored.pop("ledger")
    assert stored == EXAMPLE_BODY
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", created_at)
    assert ledger == {"type": "POINT", "version": 1, "balance": 50, "expiresOn": "2023-10-28"}

    read = await http.get("/transactions/txn001")
    assert (read.status_code, read.content) == (200, answer.content)
    page = (await http.get("/users/user123/kickbacks")).json()
    assert page == {"items": [{**EXAMPLE_BODY, "createdAt": created_at}], "nextCursor": None}


async def test_the_stored_item(http: AsyncClient, admin: Any, shared_settings: Settings, unique: str) -> None:
    sent = body(unique)
    created_at = (await http.post("/transactions", json=sent)).json()["createdAt"]
    found = await admin.get_item(
        TableName=shared_settings.facts_table,
        Key={"PK": {"S": f"USER#user-{unique}"}, "SK": {"S": f"TRANSACTION#2023-05-01#txn-{unique}"}},
    )
    item = found["Item"]
    assert re.fullmatch(r"CATEGORY#GROCERY#shard(0\d|1[0-5])", item.pop("GSI1PK")["S"])
    assert re.fullmatch(r"CARD#card456#shard0[0-3]", item.pop("GSI2PK")["S"])
    assert item == {
        "PK": {"S": f"USER#user-{unique}"},
        "SK": {"S": f"TRANSACTION#2023-05-01#txn-{unique}"},
        "GSI1SK": {"S": "2023-05-01"},
        "GSI2SK": {"S": "2023-05-01"},
        "userId": {"S": f"user-{unique}"},
        "transactionId": {"S": f"txn-{unique}"},
        "transactionDate": {"S": "2023-05-01"},
        "cardId": {"S": "card456"},
        "cardName": {"S": "プラチナカード"},
        "merchantName": {"S": "スーパーマーケットA"},
        "category": {"S": "GROCERY"},
        "transactionAmount": {"N": "5000"},
        "kickbackAmount": {"N": "50"},
        "kickbackType": {"S": "POINT"},
        "kickbackRate": {"N": "0.01"},
        "description": {"S": "食料品購入"},
        "channel": {"S": "STORE"},
        "occurredAt": {"S": "2023-05-01T21:34:56+09:00"},
        "createdAt": {"S": created_at},
    }


async def test_optional_fields_that_were_not_given_are_absent(http: AsyncClient, unique: str) -> None:
    sent = body(unique, cardName=..., description=..., channel=..., occurredAt=...)
    answer = (await http.post("/transactions", json=sent)).json()
    assert set(answer) == {*sent, "createdAt", "ledger"}


async def test_retention_sets_expiration_time(
    make_settings: Callable[..., Awaitable[Settings]], admin: Any, unique: str
) -> None:
    settings = await make_settings(projector="outside", retention_days=30)
    async with running(settings) as http:
        await http.post("/transactions", json=body(unique))
    items = (await admin.scan(TableName=settings.facts_table))["Items"]
    with_ttl = [item["SK"]["S"] for item in items if "expirationTime" in item]
    assert with_ttl == [f"TRANSACTION#2023-05-01#txn-{unique}"]  # never a ledger entry or a guard


@pytest.mark.parametrize(
    ("given", "amount", "rate"),
    [
        ({"kickbackAmount": ..., "kickbackRate": 0.0199}, 99, "0.0199"),
        ({"kickbackAmount": ..., "kickbackRate": "0.000199"}, 0, "0.000199"),
        ({"kickbackAmount": 1, "kickbackRate": ..., "transactionAmount": 3}, 1, "0.333333"),
        ({"kickbackAmount": 2, "kickbackRate": ..., "transactionAmount": 3}, 2, "0.666667"),
        ({"kickbackAmount": 7, "kickbackRate": 1}, 7, "1"),
        ({"kickbackAmount": 0, "kickbackRate": 0}, 0, "0"),
    ],
)
async def test_the_missing_one_of_amount_and_rate_follows_from_the_other(
    http: AsyncClient, unique: str, given: dict[str, Any], amount: int, rate: str
) -> None:
    answer = await http.post("/transactions", json=body(unique, **given))
    assert answer.status_code == 201
    assert answer.json()["kickbackAmount"] == amount
    assert f'"kickbackRate":{rate},' in answer.text
    assert (answer.json()["ledger"] is None) == (amount == 0)


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        ("2026-01-31T15:00:00Z", "2026-02-01"),
        ("2026-01-31T14:59:59Z", "2026-01-31"),
        ("2024-02-28T23:30:00-05:00", "2024-02-29"),
    ],
)
async def test_the_date_is_that_of_the_business_time_zone(
    http: AsyncClient, unique: str, instant: str, day: str
) -> None:
    answer = await http.post("/transactions", json=body(unique, transactionDate=..., occurredAt=instant))
    assert answer.json()["transactionDate"] == day


async def test_idempotency_key_stands_for_the_id(http: AsyncClient, unique: str) -> None:
    sent = body(unique, transactionId=...)
    first = await http.post("/transactions", json=sent, headers={"Idempotency-Key": f"key-{unique}"})
    again = await http.post("/transactions", json=sent, headers={"Idempotency-Key": f"key-{unique}"})
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["transactionId"] == f"key-{unique}"
    assert again.headers["idempotency-replayed"] == "true"
    assert again.content == first.content
    same = await http.post(
        "/transactions", json={**sent, "transactionId": f"key-{unique}"}, headers={"Idempotency-Key": f"key-{unique}"}
    )
    assert same.status_code == 200
    differs = await http.post("/transactions", json=body(unique), headers={"Idempotency-Key": "other"})
    assert differs.status_code == 422
    assert differs.json()["errors"][0]["pointer"] == "/transactionId"


async def test_ids_made_by_the_server_are_in_time_order(http: AsyncClient, unique: str) -> None:
    ids = [
        (await http.post("/transactions", json=body(unique, transactionId=...))).json()["transactionId"]
        for _ in range(5)
    ]
    assert ids == sorted(ids)
    assert len(set(ids)) == 5


@pytest.mark.parametrize(
    "again",
    [
        {"kickbackRate": "0.010"},
        {"kickbackAmount": ...},
        {"kickbackRate": ...},
        {"category": "grocery"},
        {"occurredAt": "2023-05-01T12:34:56Z"},
        {"transactionDate": ...},
    ],
)
async def test_the_same_content_in_another_spelling_is_a_replay(
    http: AsyncClient, unique: str, again: dict[str, Any]
) -> None:
    first = await http.post("/transactions", json=body(unique))
    second = await http.post("/transactions", json=body(unique, **again))
    assert (second.status_code, second.content) == (200, first.content)
    assert second.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers


@pytest.mark.parametrize(
    "change",
    [
        {"transactionDate": "2023-05-02"},
        {"transactionAmount": 5001},
        {"kickbackAmount": 51},
        {"kickbackType": "MILE"},
        {"kickbackRate": 0.02},
        {"userId": "somebody-else"},
        {"cardId": "other"},
        {"cardName": "ゴールドカード"},
        {"merchantName": "B"},
        {"category": "DINING"},
        {"description": ...},
        {"channel": "ONLINE"},
        {"occurredAt": "2023-05-01T21:34:57+09:00"},
    ],
)
async def test_any_difference_under_the_same_id_is_a_conflict(
    http: AsyncClient, unique: str, change: dict[str, Any]
) -> None:
    first = await http.post("/transactions", json=body(unique))
    conflict = await http.post("/transactions", json=body(unique, **change))
    assert conflict.status_code == 409
    assert conflict.headers["content-type"] == "application/problem+json"
    assert conflict.json()["code"] == "TRANSACTION_CONFLICT"
    assert (await http.get(f"/transactions/txn-{unique}")).content == first.content
    history = (await http.get(f"/users/user-{unique}/kickbacks")).json()
    assert len(history["items"]) == 1


async def test_fifty_equal_posts_at_once(make_http: Callable[..., Awaitable[AsyncClient]], admin: Any) -> None:
    http = await make_http(projector="outside")
    answers = await asyncio.gather(*(http.post("/transactions", json=EXAMPLE_BODY) for _ in range(50)))
    assert sorted(answer.status_code for answer in answers) == [200] * 49 + [201]
    assert len({answer.content for answer in answers}) == 1
    assert len((await http.get("/users/user123/kickbacks")).json()["items"]) == 1


async def test_one_id_under_twenty_dates_at_once(http: AsyncClient, unique: str) -> None:
    bodies = [body(unique, transactionDate=f"2023-05-{day:02d}", occurredAt=...) for day in range(1, 21)]
    answers = await asyncio.gather(*(http.post("/transactions", json=one) for one in bodies))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 19
    assert len((await http.get(f"/users/user-{unique}/kickbacks")).json()["items"]) == 1


async def test_sixty_purchases_of_one_user_at_once(
    http: AsyncClient, admin: Any, shared_settings: Settings, unique: str
) -> None:
    bodies = [body(unique, transactionId=f"t{n}-{unique}", kickbackAmount=1) for n in range(60)]
    answers = await asyncio.gather(*(http.post("/transactions", json=one) for one in bodies))
    assert [answer.status_code for answer in answers] == [201] * 60
    ledgers = sorted((answer.json()["ledger"]["version"], answer.json()["ledger"]["balance"]) for answer in answers)
    assert ledgers == [(n, n) for n in range(1, 61)]
    entries = await admin.query(
        TableName=shared_settings.facts_table,
        KeyConditionExpression="PK = :pk AND begins_with(SK, :sk)",
        ExpressionAttributeValues={":pk": {"S": f"USER#user-{unique}"}, ":sk": {"S": "LEDGER#POINT#"}},
    )
    assert [int(entry["version"]["N"]) for entry in entries["Items"]] == list(range(1, 61))
    assert [int(entry["balance"]["N"]) for entry in entries["Items"]] == list(range(1, 61))
    hashes = ["0" * 64, *(entry["hash"]["S"] for entry in entries["Items"])]
    assert [entry["previousHash"]["S"] for entry in entries["Items"]] == hashes[:-1]


async def test_unknown_transaction(http: AsyncClient, unique: str) -> None:
    answer = await http.get(f"/transactions/none-{unique}")
    assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")


async def test_every_answer_says_what_it_cost(http: AsyncClient, unique: str) -> None:
    written = await http.post("/transactions", json=body(unique))
    assert re.fullmatch(r'ddb;dur=[\d.]+, rcu;desc="[\d.]+", wcu;desc="12"', written.headers["server-timing"])
    read = await http.get(f"/users/user-{unique}/kickbacks")
    assert re.fullmatch(r'ddb;dur=[\d.]+, rcu;desc="1"', read.headers["server-timing"])
    assert written.headers["x-request-id"] != read.headers["x-request-id"]
    given = await http.get("/health/live", headers={"X-Request-Id": "mine-1"})
    assert given.headers["x-request-id"] == "mine-1"
    refused = await http.get("/nothing", headers={"X-Request-Id": "4111111111111111"})
    assert refused.headers["x-request-id"] != "4111111111111111"
    assert refused.headers["server-timing"]


async def test_rates_are_kept_exactly(http: AsyncClient, unique: str) -> None:
    answer = await http.post("/transactions", content=_with_rate(unique, "0.100001"), headers=_JSON)
    assert answer.status_code == 201
    assert Decimal("0.100001") == Decimal(answer.text.split('"kickbackRate":')[1].split(",")[0])
    too_fine = await http.post("/transactions", content=_with_rate(f"{unique}x", "0.10000000000000001"), headers=_JSON)
    assert too_fine.status_code == 422


_JSON = {"content-type": "application/json"}


def _with_rate(unique: str, rate: str) -> bytes:
    return json.dumps(body(unique, kickbackRate="RATE")).replace('"RATE"', rate).encode()
