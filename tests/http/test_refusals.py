"""Bad input: the contract's error, nothing echoed, nothing written."""

import json
from typing import Any

import pytest
from httpx import AsyncClient

from tests.bodies import body

SECRET = "canary-value"

BAD_FIELDS: list[tuple[dict[str, Any], str]] = [
    ({"transactionAmount": 1.5}, "/transactionAmount"),
    ({"transactionAmount": "50"}, "/transactionAmount"),
    ({"transactionAmount": True}, "/transactionAmount"),
    ({"transactionAmount": 0}, "/transactionAmount"),
    ({"transactionAmount": -1}, "/transactionAmount"),
    ({"transactionAmount": 10**12 + 1}, "/transactionAmount"),
    ({"transactionAmount": None}, "/transactionAmount"),
    ({"transactionAmount": ...}, "/transactionAmount"),
    ({"kickbackAmount": 10**12 + 1}, "/kickbackAmount"),
    ({"kickbackAmount": -1}, "/kickbackAmount"),
    ({"kickbackAmount": ..., "kickbackRate": ...}, "/kickbackAmount"),
    ({"kickbackRate": 1.1}, "/kickbackRate"),
    ({"kickbackRate": -0.1}, "/kickbackRate"),
    ({"kickbackRate": "0.0000001"}, "/kickbackRate"),
    ({"kickbackRate": "1e-2"}, "/kickbackRate"),
    ({"kickbackRate": "０.１"}, "/kickbackRate"),
    ({"kickbackRate": True}, "/kickbackRate"),
    ({"kickbackType": "POINTS"}, "/kickbackType"),
    ({"kickbackType": 1}, "/kickbackType"),
    ({"channel": "MAIL"}, "/channel"),
    ({"userId": ""}, "/userId"),
    ({"userId": "a" * 65}, "/userId"),
    ({"userId": "a#b"}, "/userId"),
    ({"userId": "a/b"}, "/userId"),
    ({"userId": "a\n"}, "/userId"),
    ({"userId": "ａ"}, "/userId"),
    ({"userId": "\ud800"}, "/userId"),
    ({"userId": 7}, "/userId"),
    ({"userId": ...}, "/userId"),
    ({"category": "GRO CERY"}, "/category"),
    ({"category": "食料品"}, "/category"),
    ({"category": "ß"}, "/category"),
    ({"category": "A" * 33}, "/category"),
    ({"merchantName": ""}, "/merchantName"),
    ({"merchantName": "　"}, "/merchantName"),
    ({"merchantName": "a\u0000b"}, "/merchantName"),
    ({"merchantName": "\ud800"}, "/merchantName"),
    ({"merchantName": "店" * 257}, "/merchantName"),
    ({"description": "x" * 257}, "/description"),
    ({"description": "\u202etxt"}, "/description"),
    ({"transactionDate": "2023-02-29"}, "/transactionDate"),
    ({"transactionDate": "2023-5-1"}, "/transactionDate"),
    ({"transactionDate": "20230501"}, "/transactionDate"),
    ({"transactionDate": "1999-12-31"}, "/transactionDate"),
    ({"transactionDate": "9999-12-31"}, "/transactionDate"),
    ({"transactionDate": "２０２３-05-01"}, "/transactionDate"),
    ({"transactionDate": ..., "occurredAt": ...}, "/transactionDate"),
    ({"occurredAt": "2023-05-01T21:34:56"}, "/occurredAt"),
    ({"occurredAt": "2023-05-01"}, "/occurredAt"),
    ({"occurredAt": "1769871599"}, "/occurredAt"),
    ({"occurredAt": "2023-05-01T24:00:00Z"}, "/occurredAt"),
    ({"occurredAt": "2023-05-01T23:59:60Z"}, "/occurredAt"),
    ({"occurredAt": "0001-01-01T00:00:00+14:00"}, "/occurredAt"),
    ({"occurredAt": "9999-12-31T23:59:59-14:00"}, "/occurredAt"),
    ({"occurredAt": "2023-05-01T21:34:56+25:00"}, "/occurredAt"),
    ({"cardName": "4111 1111 1111 1111"}, "/cardName"),
    ({"description": "card ４１１１-1111-1111-1111 used"}, "/description"),
    ({"transactionId": "4111111111111111"}, "/transactionId"),
    ({"cardId": "378282246310005"}, "/cardId"),
    ({"merchantName": "3530-1113-3330-0000"}, "/merchantName"),
    ({"userID": SECRET}, ""),
    ({SECRET: 1}, ""),
]


def assert_problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert (problem["status"], problem["code"]) == (status, code)
    assert {"type", "title", "detail", "instance"} <= set(problem)
    return problem


@pytest.mark.parametrize(("change", "pointer"), BAD_FIELDS)
async def test_bad_fields(http: AsyncClient, unique: str, change: dict[str, Any], pointer: str) -> None:
    sent = body(unique, **change)
    answer = await http.post(
        "/transactions", content=json.dumps(sent).encode(), headers={"content-type": "application/json"}
    )
    problem = assert_problem(answer, 422, "VALIDATION_FAILED")
    assert pointer in [error["pointer"] for error in problem["errors"]]
    for value in change.values():
        if isinstance(value, str) and len(value) > 4:
            assert value not in answer.text
    assert SECRET not in answer.text
    assert (await http.get(f"/transactions/txn-{unique}")).status_code == 404
    assert (await http.get(f"/users/user-{unique}/kickbacks")).json()["items"] == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"{",
        b'{"transactionAmount": NaN}',
        b'{"transactionAmount": Infinity}',
        b'{"transactionAmount": -Infinity}',
        b'{"transactionAmount": 1e400}',
        b'{"transactionAmount": 0x10}',
        b'{"transactionAmount": ' + b"9" * 5000 + b"}",
        b'{"userId": "a", "userId": "b"}',
        b"[" * 30_000,
        b'{"a":' * 10_000,
        b'\xef\xbb\xbf{"userId": "a"}',
        b'{"userId": "\xff"}',
        b'{"userId": "\\ud800"}',
        b"\x00",
    ],
)
async def test_bodies_that_are_no_purchase(http: AsyncClient, content: bytes) -> None:
    answer = await http.post("/transactions", content=content, headers={"content-type": "application/json"})
    assert_problem(answer, 422, "VALIDATION_FAILED")


@pytest.mark.parametrize("media_type", [None, "text/plain", "application/x-www-form-urlencoded", "nonsense"])
async def test_other_body_types(http: AsyncClient, unique: str, media_type: str | None) -> None:
    headers = {"content-type": media_type} if media_type else {}
    answer = await http.post("/transactions", content=json.dumps(body(unique)).encode(), headers=headers)
    assert_problem(answer, 415, "UNSUPPORTED_MEDIA_TYPE")


async def test_compressed_bodies(http: AsyncClient, unique: str) -> None:
    answer = await http.post("/transactions", json=body(unique), headers={"content-encoding": "gzip"})
    assert_problem(answer, 415, "UNSUPPORTED_MEDIA_TYPE")


async def test_a_body_of_64_kib_is_read_and_a_larger_one_is_not(http: AsyncClient, unique: str) -> None:
    at_limit = json.dumps(body(unique)).encode().ljust(64 * 1024)
    headers = {"content-type": "application/json"}
    assert (await http.post("/transactions", content=at_limit, headers=headers)).status_code == 201
    assert_problem(await http.post("/transactions", content=at_limit + b" ", headers=headers), 413, "PAYLOAD_TOO_LARGE")

    async def chunked() -> Any:
        for _ in range(70):
            yield b" " * 1024

    assert_problem(await http.post("/transactions", content=chunked(), headers=headers), 413, "PAYLOAD_TOO_LARGE")


@pytest.mark.parametrize(
    ("path", "pointer"),
    [
        ("/users/u/kickbacks?limt=3", "/query"),
        ("/users/u/kickbacks?limit=0", "/query/limit"),
        ("/users/u/kickbacks?limit=201", "/query/limit"),
        ("/users/u/kickbacks?limit=1_0", "/query/limit"),
        ("/users/u/kickbacks?limit=5.0", "/query/limit"),
        ("/users/u/kickbacks?limit=%EF%BC%95", "/query/limit"),
        ("/users/u/kickbacks?limit=5&limit=6", "/query"),
        ("/users/u/kickbacks?from=2023-05-02&to=2023-05-01", "/query/from"),
        ("/users/u/kickbacks?from=2023-13-01", "/query/from"),
        ("/users/u/kickbacks?to=tomorrow", "/query/to"),
        ("/users/u/kickbacks?type=YEN", "/query/type"),
        ("/users/u/kickbacks?cardId=4111111111111111", "/query/cardId"),
        ("/users/4111111111111111/kickbacks", "/path/id"),
        ("/users/a%23b/kickbacks", "/path/id"),
        ("/categories/GRO-CERY/rankings?month=2023-05", "/path/cat"),
        ("/categories/GROCERY/rankings", "/query/month"),
        ("/categories/GROCERY/rankings?month=2023-5", "/query/month"),
        ("/categories/GROCERY/rankings?month=2023-13", "/query/month"),
        ("/categories/GROCERY/rankings?year=0000", "/query/year"),
        ("/categories/GROCERY/rankings?month=2023-05&year=2023", "/query/month"),
        ("/categories/GROCERY/rankings?month=2023-05&by=shop", "/query/by"),
        ("/categories/GROCERY/rankings?month=2023-05&view=dead", "/query/view"),
        ("/cards/c/efficiency?from=2023-01-01&to=2024-01-02", "/query/from"),
        ("/cards/c/efficiency?from=2023-01-02&to=2023-01-01", "/query/from"),
        ("/transactions/x?verbose=1", "/query"),
        ("/health/live?x=1", "/query"),
    ],
)
async def test_bad_parameters(http: AsyncClient, path: str, pointer: str) -> None:
    answer = await http.get(path)
    problem = assert_problem(answer, 422, "VALIDATION_FAILED")
    assert [error["pointer"] for error in problem["errors"]] == [pointer]
    assert "4111" not in answer.text


async def test_the_nearest_known_parameter_is_named(http: AsyncClient) -> None:
    problem = (await http.get("/users/u/kickbacks?limt=3")).json()
    assert "`limit`" in problem["errors"][0]["detail"]
    assert "limt" not in str(problem)


@pytest.mark.parametrize("key", ["a#b", "4111111111111111", "x" * 65, ""])
async def test_bad_idempotency_keys(http: AsyncClient, unique: str, key: str) -> None:
    answer = await http.post("/transactions", json=body(unique, transactionId=...), headers={"Idempotency-Key": key})
    problem = assert_problem(answer, 422, "VALIDATION_FAILED")
    assert problem["errors"][0]["pointer"].lower() == "/header/idempotency-key"


async def test_unknown_routes_and_methods(http: AsyncClient) -> None:
    assert_problem(await http.get("/canary-path"), 404, "NOT_FOUND")
    assert "canary" not in (await http.get("/canary-path")).text
    answer = await http.delete("/transactions/txn001")
    assert_problem(answer, 405, "METHOD_NOT_ALLOWED")
    assert answer.headers["allow"]


async def test_limits_are_inclusive(http: AsyncClient, unique: str) -> None:
    largest = body(
        unique,
        transactionAmount=10**12,
        kickbackAmount=10**12,
        kickbackRate=1,
        merchantName="店" * 256,
        category="a_Z09" + "x" * 27,
        userId=("u" + unique).ljust(64, "x"),
    )
    answer = await http.post("/transactions", json=largest)
    assert answer.status_code == 201
    assert answer.json()["category"] == largest["category"].upper()
    assert answer.json()["merchantName"] == "店" * 256
