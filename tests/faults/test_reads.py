"""What a client sees when calls to DynamoDB go wrong while something is read."""

import pytest

from tests.bodies import EXAMPLE_BODY
from tests.faults.conftest import Rig
from tests.faults.proxy import Fault

pytestmark = pytest.mark.dynamodb

READS = (
    "/transactions/txn001",
    "/users/user123/kickbacks",
    "/categories/GROCERY/rankings?month=2023-05",
    "/categories/GROCERY/transactions",
    "/cards/card456/efficiency?from=2023-05-01&to=2023-05-31",
    "/cards/card456/transactions",
)


@pytest.mark.parametrize("path", READS)
@pytest.mark.parametrize("fault", [Fault.LOSE_RESPONSE, Fault.INTERNAL, Fault.HTML, Fault.THROTTLE])
async def test_one_bad_call_is_healed_inside(rig: Rig, path: str, fault: Fault) -> None:
    await rig.http.post("/transactions", json=EXAMPLE_BODY)
    operation = "GetItem" if path.startswith("/transactions") else "Query"
    rig.proxy.once(operation, fault)
    answer = await rig.http.get(path)
    assert rig.proxy.fired[fault] == 1
    assert answer.status_code == 200
    assert "txn001" in answer.text or "card456" in answer.text


@pytest.mark.parametrize("path", READS)
@pytest.mark.parametrize("fault", [Fault.THROTTLE, Fault.TRUNCATE, Fault.HTML, Fault.LOSE_REQUEST])
async def test_no_usable_answer_is_503_and_then_all_is_well(rig: Rig, path: str, fault: Fault) -> None:
    await rig.http.post("/transactions", json=EXAMPLE_BODY)
    rig.proxy.decide = lambda name: fault if name in ("GetItem", "Query") else None
    answer = await rig.http.get(path)
    assert (answer.status_code, answer.json()["code"]) == (503, "UNAVAILABLE")
    assert answer.headers["retry-after"]
    rig.proxy.decide = lambda _: None
    assert (await rig.http.get(path)).status_code == 200


@pytest.mark.parametrize("path", READS[2:])
async def test_one_failing_shard_fails_the_request(rig: Rig, path: str) -> None:
    await rig.http.post("/transactions", json=EXAMPLE_BODY)
    calls = iter(range(10_000))

    def decide(name: str) -> Fault | None:
        return Fault.THROTTLE if name == "Query" and next(calls) >= 2 else None

    rig.proxy.decide = decide
    answer = await rig.http.get(path)
    assert answer.status_code == 503
    assert "items" not in answer.json()


async def test_not_ready_while_the_table_cannot_be_reached(rig: Rig) -> None:
    rig.proxy.decide = lambda _: Fault.LOSE_REQUEST
    assert (await rig.http.get("/health/ready")).status_code == 503
    assert (await rig.http.get("/health/live")).status_code == 200


async def test_a_bad_cursor_is_refused_before_the_database_is_asked(rig: Rig) -> None:
    await rig.http.post("/transactions", json=EXAMPLE_BODY)
    before = rig.proxy.seen.total()
    for path in ("/users/user123/kickbacks", "/categories/GROCERY/transactions", "/cards/card456/transactions"):
        answer = await rig.http.get(path, params={"cursor": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})
        assert (answer.status_code, answer.json()["code"]) == (400, "CURSOR_INVALID")
    assert rig.proxy.seen.total() == before
