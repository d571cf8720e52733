"""What a client sees, and what is stored, when calls to DynamoDB go wrong while a purchase is recorded."""

import ast
import asyncio
import json
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.bodies import EXAMPLE_BODY, body
from tests.faults.conftest import Rig
from tests.faults.proxy import Fault

pytestmark = pytest.mark.dynamodb

WRITES = ("PutItem", "TransactWriteItems")


async def assert_recorded_once(rig: Rig) -> None:
    assert len(await rig.items("TXN")) == 1
    assert len(await rig.items("TRANSACTION#")) == 1
    (entry,) = await rig.items("LEDGER#")
    assert (entry["version"]["N"], entry["balance"]["N"]) == ("1", "50")


def test_the_writes_that_are_tried_here_are_all_that_the_code_makes() -> None:
    source = Path("app/store/database.py").read_text()
    calls = {
        node.args[0].value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) == "self._call"
        and isinstance(node.args[0], ast.Constant)
    }
    direct = {
        node.attr
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "self._client"
    }
    # The last three are the views' and maintenance's: whole items that are the same whoever puts them, and reads.
    views = {"batch_get_item", "batch_write_item", "scan"}
    assert calls | direct == {"query", "get_item", "put_item", "transact_write_items"} | views


@pytest.mark.parametrize("operation", WRITES)
@pytest.mark.parametrize("fault", [Fault.LOSE_RESPONSE, Fault.LOSE_REQUEST, Fault.INTERNAL, Fault.HTML])
async def test_one_lost_call_is_healed_inside(rig: Rig, operation: str, fault: Fault) -> None:
    rig.proxy.once(operation, fault)
    answer = await rig.http.post("/transactions", json=EXAMPLE_BODY)
    assert rig.proxy.fired[fault] == 1
    assert answer.status_code == 201
    assert answer.json()["ledger"]["version"] == 1
    await assert_recorded_once(rig)


async def test_an_answer_that_is_lost_every_time_is_503_and_the_same_request_settles_it(rig: Rig) -> None:
    rig.proxy.once("TransactWriteItems", Fault.LOSE_RESPONSE, Fault.LOSE_RESPONSE)
    answer = await rig.http.post("/transactions", json=EXAMPLE_BODY)
    assert (answer.status_code, answer.json()["code"]) == (503, "UNAVAILABLE")
    assert answer.headers["retry-after"]
    assert rig.proxy.fired[Fault.LOSE_RESPONSE] == 2
    again = await rig.http.post("/transactions", json=EXAMPLE_BODY)
    assert again.status_code == 200
    assert again.json()["ledger"] == {"type": "POINT", "version": 1, "balance": 50, "expiresOn": "2023-10-28"}
    await assert_recorded_once(rig)


async def test_throttled_throughout_is_503_with_nothing_written(rig: Rig) -> None:
    rig.proxy.decide = lambda name: Fault.THROTTLE if name == "TransactWriteItems" else None
    answer = await rig.http.post("/transactions", json=EXAMPLE_BODY)
    assert (answer.status_code, answer.json()["code"]) == (503, "UNAVAILABLE")
    rig.proxy.decide = lambda _: None
    assert await rig.items("T") == []
    assert (await rig.http.post("/transactions", json=EXAMPLE_BODY)).status_code == 201


async def test_conflicts_are_decided_again(rig: Rig) -> None:
    rig.proxy.once("TransactWriteItems", *[Fault.CONFLICT] * 4)
    answer = await rig.http.post("/transactions", json=EXAMPLE_BODY)
    assert answer.status_code == 201
    assert rig.proxy.fired[Fault.CONFLICT] == 4
    await assert_recorded_once(rig)


async def test_conflicts_without_end_are_503_after_a_bounded_number(rig: Rig) -> None:
    rig.proxy.decide = lambda name: Fault.CONFLICT if name == "TransactWriteItems" else None
    answer = await rig.http.post("/transactions", json=EXAMPLE_BODY)
    assert answer.status_code == 503
    assert rig.proxy.seen["TransactWriteItems"] == 10


@pytest.mark.parametrize("seed", range(3))
async def test_64_equal_requests_over_two_replicas_with_conflicts(rig: Rig, seed: int) -> None:
    rng = random.Random(seed)
    rig.proxy.decide = lambda name: Fault.CONFLICT if name == "TransactWriteItems" and rng.random() < 0.2 else None
    answers = await asyncio.gather(*(rig.replicas[n % 2].post("/transactions", json=EXAMPLE_BODY) for n in range(64)))
    assert sorted(answer.status_code for answer in answers) == [200] * 63 + [201]
    assert len({answer.content for answer in answers}) == 1
    assert rig.proxy.fired[Fault.CONFLICT] > 0
    await assert_recorded_once(rig)


async def test_two_replicas_write_one_passbook_without_gaps(rig: Rig) -> None:
    bodies = [body("one", transactionId=f"t{n}", kickbackAmount=1) for n in range(30)]
    answers = await asyncio.gather(
        *(rig.replicas[n % 2].post("/transactions", json=one) for n, one in enumerate(bodies))
    )
    assert {answer.status_code for answer in answers} <= {201, 503}
    again = [await rig.http.post("/transactions", json=one) for one in bodies]
    assert all(answer.status_code in (200, 201) for answer in again)
    entries = sorted(await rig.items("LEDGER#"), key=lambda entry: int(entry["version"]["N"]))
    assert [int(entry["balance"]["N"]) for entry in entries] == list(range(1, 31))


async def test_faults_at_random_lose_and_double_nothing(rig: Rig) -> None:
    rng = random.Random(11)
    kinds = [Fault.LOSE_RESPONSE, Fault.LOSE_REQUEST, Fault.INTERNAL, Fault.THROTTLE]
    rig.proxy.decide = lambda _: rng.choice(kinds) if rng.random() < 0.3 else None
    bodies = [body(f"u{n % 5}", transactionId=f"t{n}", kickbackAmount=1) for n in range(100)]
    waiting = bodies
    for _ in range(30):
        answers = await asyncio.gather(
            *(rig.replicas[n % 2].post("/transactions", json=one) for n, one in enumerate(waiting))
        )
        assert {answer.status_code for answer in answers} <= {200, 201, 503}
        waiting = [one for one, answer in zip(waiting, answers, strict=True) if answer.status_code == 503]
        if not waiting:
            break
    assert waiting == []
    assert all(rig.proxy.fired[kind] for kind in kinds)
    assert len(await rig.items("TRANSACTION#")) == 100
    entries = await rig.items("LEDGER#")
    for user in range(5):
        balances = sorted(int(entry["balance"]["N"]) for entry in entries if entry["userId"]["S"] == f"user-u{user}")
        assert balances == list(range(1, 21))


@pytest.mark.parametrize("fault", [Fault.LOSE_RESPONSE, Fault.CONFLICT])
async def test_a_batch_survives_the_same(rig: Rig, fault: Fault) -> None:

    rng = random.Random(5)
    rig.proxy.decide = lambda name: fault if name == "TransactWriteItems" and rng.random() < 0.3 else None
    lines = [json.dumps(body(f"u{n % 3}", transactionId=f"t{n}", kickbackAmount=1)) for n in range(60)]
    content = "\n".join(lines).encode()
    for _ in range(10):
        answer = await rig.http.post(
            "/transactions:batch", content=content, headers={"content-type": "application/x-ndjson"}
        )
        results = [json.loads(line) for line in answer.text.splitlines()]
        assert [result["line"] for result in results] == list(range(1, 61))
        assert {result["status"] for result in results} <= {200, 201, 503}
        if all(result["status"] != 503 for result in results):
            break
    assert all(result["status"] != 503 for result in results)
    assert len(await rig.items("TRANSACTION#")) == 60
    assert len(await rig.items("LEDGER#")) == 60


async def test_another_users_key_shows_nothing_of_the_first(rig: Rig) -> None:
    await rig.http.post("/transactions", json=body("a", transactionId="shared"))
    answer = await rig.http.post("/transactions", json=body("b", transactionId="shared"))
    assert answer.status_code == 409
    assert "user-a" not in answer.text


async def test_an_id_is_taken_for_ever(rig: Rig) -> None:
    """Eight days later, long after any token of DynamoDB's has been forgotten, and under another business date."""
    first = await rig.http.post("/transactions", json=EXAMPLE_BODY)
    services = rig.http._transport.app.state.services  # type: ignore[attr-defined]  # the clock is bound in there
    later = datetime.now(UTC) + timedelta(days=8)
    clock = replace(services.recording, now=lambda: later)
    rig.http._transport.app.state.services = replace(services, recording=clock)  # type: ignore[attr-defined]  # as above
    again = await rig.http.post("/transactions", json=EXAMPLE_BODY)
    assert (again.status_code, again.content) == (200, first.content)
    moved = await rig.http.post("/transactions", json={**EXAMPLE_BODY, "transactionDate": "2023-05-09"})
    assert moved.status_code == 409
    await assert_recorded_once(rig)
