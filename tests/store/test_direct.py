"""What a call does while its table is in trouble, and what it tells the circuit and the budget of how it ended."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError
from yarl import URL

from app.store.breaker import Breaker, BreakerRule, CircuitOpen
from app.store.breakers import Breakers
from app.store.direct import Answer, DirectClient, Request, Trouble, Way, take_first_outcome
from app.store.retries import Unsettled, current_call
from app.store.retry_budget import RetryBudget
from app.store.signing import Keys, Signer
from app.store.wire import BODY

SECOND = 1_000_000_000
FACTS = {"TableName": "Facts"}
OK = Answer(200, {}, b"{}")
FAILED = Answer(500, {}, b"")
LOST = ConnectionClosedError(endpoint_url="http://127.0.0.1:1")


def error(code: str, status: int = 400) -> ClientError:
    return ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, "Query")


THROTTLED, CONDITION = error("ThrottlingException"), error("ConditionalCheckFailedException")


class Sdk:
    """All its operations end as `then` says, after having taken the first outcome and `seconds`."""

    def __init__(self) -> None:
        self.then: list[Exception | None] = []
        self.seconds = 0.0
        self.during: Callable[[Any], None] = lambda _: None
        self.called = 0

    def __getattr__(self, name: str) -> Any:
        return self._operation

    async def _operation(self, **_: Any) -> dict[str, Any]:
        self.called += 1
        call = current_call.get()
        if not isinstance(call.first if call is not None else None, Exception):
            take_first_outcome()
        self.during(call)
        await asyncio.sleep(self.seconds)
        ended = self.then.pop(0) if self.then else None
        if ended is not None:
            raise ended
        return {BODY: b"{}"}


class Rig:
    """A client whose first attempts have the outcomes it is told."""

    def __init__(self, call_ns: int = 3 * SECOND) -> None:
        self.sdk = Sdk()
        self.first: list[Answer | Exception] = []
        self.sent: list[bytes] = []
        self.changes: list[tuple[str, str, bool]] = []
        self.now = 0
        self.first_takes = 0
        self.budget = RetryBudget(10)
        self.breakers = Breakers(BreakerRule(calls=2), lambda *change: self.changes.append(change))
        url = URL("http://127.0.0.1:1/")
        signer = Signer("dynamodb", "r", "127.0.0.1:1", lambda: 0.0)
        way = Way(url, "", signer, self._keys, self._post, lambda answer, _: answer)
        trouble = Trouble(self.breakers, self.budget, call_ns, lambda: self.now)
        self.client = DirectClient(self.sdk, lambda: way, trouble)

    async def _keys(self) -> Keys:
        return Keys("a", "s")

    async def _post(self, request: Request) -> Answer:
        self.sent.append(request.body)
        self.now += self.first_takes
        outcome = self.first.pop(0) if self.first else OK
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def ends(self, first: Answer | Exception, then: Exception | None) -> None:
        """A query whose first attempt has that outcome, and the SDK's that end."""
        self.first, self.sdk.then = [first], [then]
        await self.client.query(**FACTS)

    @property
    def reads(self) -> Breaker:
        return self.breakers.reads["Facts"]


async def opened() -> Rig:
    rig = Rig()
    for _ in range(2):
        with pytest.raises(ClientError):
            await rig.ends(FAILED, THROTTLED)
    assert rig.changes == [("Facts", "read", True)]
    rig.sent.clear()
    return rig


CALLS: list[tuple[str, str, dict[str, Any]]] = [
    ("query", "read", FACTS),
    ("get_item", "read", FACTS),
    ("scan", "read", FACTS),
    ("batch_get_item", "read", {"RequestItems": {"Facts": {}}}),
    ("put_item", "write", FACTS),
    ("batch_write_item", "write", {"RequestItems": {"Facts": []}}),
    ("transact_write_items", "write", {"TransactItems": [{"Put": FACTS}, {"Put": FACTS}]}),
    ("transact_write_items", "write", {"TransactItems": [{"ConditionCheck": FACTS}]}),
]


@pytest.mark.parametrize(("operation", "kind", "request_"), CALLS, ids=[f"{one[0]}-{one[1]}" for one in CALLS])
async def test_an_open_circuit_lets_nothing_of_its_table_and_kind_through(
    operation: str, kind: str, request_: dict[str, Any]
) -> None:
    rig = Rig()
    breaker = (rig.breakers.reads if kind == "read" else rig.breakers.writes)["Facts"]
    for _ in range(2):
        breaker.failed(breaker.ticket, 0)
    with pytest.raises(CircuitOpen):
        await getattr(rig.client, operation)(**request_)
    assert (rig.sent, rig.sdk.called) == ([], 0)
    other = ("put_item" if kind == "read" else "query", FACTS)
    await getattr(rig.client, other[0])(**other[1])
    await rig.client.query(TableName="Views")
    assert len(rig.sent) == 2


async def test_one_probe_goes_through_and_closes_it() -> None:
    rig = await opened()
    rig.now = 2 * SECOND
    await rig.client.query(**FACTS)
    assert rig.changes[-1] == ("Facts", "read", False)
    assert rig.client.reads_well("Facts")


@pytest.mark.parametrize(
    ("first", "then", "failed"),
    [
        (FAILED, THROTTLED, True),
        (FAILED, error("InternalServerError", 500), True),
        (FAILED, TimeoutError(), True),
        (FAILED, CONDITION, False),
        (FAILED, error("ValidationException"), False),
        (FAILED, None, False),
        (LOST, LOST, False),  # each attempt without an answer is told where it is seen, in Retries
    ],
    ids=["throttled", "internal", "given up", "condition", "refused", "healed", "lost"],
)
async def test_what_counts_as_a_failure_of_the_table(
    first: Answer | Exception, then: Exception | None, failed: bool
) -> None:
    rig = Rig()
    for _ in range(3):
        try:
            await rig.ends(first, then)
        except (ClientError, TimeoutError, ConnectionClosedError):
            continue
        except CircuitOpen:
            break
    assert rig.reads.closed is not failed


async def test_a_call_that_takes_too_long_is_given_up() -> None:
    rig = Rig(call_ns=SECOND // 3)
    rig.sdk.seconds = 30
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(5):
            await rig.ends(FAILED, None)
    assert not rig.reads.calm


async def test_an_answer_that_took_too_long_is_still_read() -> None:
    rig = Rig(call_ns=SECOND // 3)
    rig.first_takes, rig.sdk.seconds = SECOND, 0.01
    with pytest.raises(ClientError):
        await rig.ends(FAILED, CONDITION)


async def test_retries_are_given_back_by_the_call_that_succeeds() -> None:
    rig = Rig()

    def retry_thrice(call: Any) -> None:
        for _ in range(3):
            assert rig.budget.take()
            call.retries += 1

    rig.sdk.during = retry_thrice
    await rig.ends(FAILED, None)
    assert rig.budget.full
    with pytest.raises(ClientError):
        await rig.ends(FAILED, THROTTLED)
    assert rig.budget.tokens == 7
    for _ in range(10):
        await rig.client.query(**FACTS)
    assert rig.budget.tokens == 8


@pytest.mark.parametrize(
    ("then", "raised"),
    [
        (THROTTLED, Unsettled),
        (error("TransactionInProgressException"), Unsettled),
        (error("ExpiredTokenException"), Unsettled),
        (CONDITION, ClientError),
        (LOST, ConnectionClosedError),
    ],
    ids=["throttled", "in progress", "expired", "condition", "lost"],
)
async def test_a_refusal_after_silence_says_nothing_about_the_attempt_before(
    then: Exception, raised: type[Exception]
) -> None:
    rig = Rig()

    def lose(call: Any) -> None:
        call.unsettled = True

    rig.sdk.during = lose
    with pytest.raises(raised):
        await rig.ends(LOST, then)


async def test_calls_leave_nothing_behind_for_the_next() -> None:
    rig = Rig()
    await rig.ends(FAILED, None)
    assert current_call.get() is None
    assert take_first_outcome() is None
