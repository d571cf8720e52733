"""Which attempts are followed by another one, after how long, and who pays for it."""

from collections.abc import Mapping
from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError
from hypothesis import given, settings
from hypothesis import strategies as st

from app.store.breaker import Breaker, BreakerRule
from app.store.outcomes import TRANSACTION_CANCELLED
from app.store.retries import Call, Retries, current_call
from app.store.retry_budget import RetryBudget

MS = 1_000_000
NOTHING = ConnectionClosedError(endpoint_url="http://127.0.0.1:1")


class Http:
    """Of an answer, what is looked at."""

    def __init__(self, status: int) -> None:
        self.status_code = status


def answer(status: int, code: str = "", *reasons: str) -> dict[str, Any]:
    parsed = {"Error": {"Code": code}, "CancellationReasons": [{"Code": one} for one in reasons]}
    return {"response": (Http(status), parsed), "caught_exception": None}


OK = answer(200)
THROTTLED = answer(400, "ThrottlingException")
INTERNAL = answer(500, "InternalServerError")
IN_PROGRESS = answer(400, "TransactionInProgressException")
CONDITION = answer(400, "ConditionalCheckFailedException")
SINGLE_CONFLICT = answer(400, "TransactionConflictException")
CONFLICT = answer(400, TRANSACTION_CANCELLED, "TransactionConflict")
CANCELLED_THROTTLED = answer(400, TRANSACTION_CANCELLED, "None", "ThrottlingError")
SILENCE = {"response": None, "caught_exception": NOTHING}
BY_SDK = (THROTTLED, INTERNAL, IN_PROGRESS, SILENCE)


class Rig:
    """A policy whose dice always show the same, with a clock that stands still."""

    def __init__(self, *, tokens: int = 100, attempts: int = 8, dice: float = 1.0) -> None:
        self.budget = RetryBudget(tokens)
        self.counted: list[tuple[str | None, str]] = []
        self.corrupt = False
        self.now = 0
        self.retries = Retries(
            attempts,
            self.budget,
            self._heals,
            random=lambda: dice,
            clock=lambda: self.now,
            count=lambda *told: self.counted.append(told),
        )
        self.breaker = Breaker("Facts", BreakerRule(calls=2), lambda _: None)
        self.call = Call(None, self.breaker, self.breaker.ticket, until=3_000 * MS)

    async def _heals(self, told: Mapping[str, Any]) -> bool:
        return self.corrupt or any(told["response"] is one["response"] for one in BY_SDK)

    async def after(self, attempt: dict[str, Any], number: int = 1) -> float | None:
        token = current_call.set(self.call)
        try:
            return await self.retries.needs_retry(**attempt, attempts=number, operation=None)
        finally:
            current_call.reset(token)


@pytest.mark.parametrize(
    ("attempt", "waits"),
    [
        (OK, None),
        (CONDITION, None),
        (CONFLICT, None),  # whoever decided has to decide again
        (THROTTLED, [0.05, 0.1, 0.2, 0.4, 0.5, 0.5, 0.5]),
        (CANCELLED_THROTTLED, [0.05, 0.1, 0.2, 0.4, 0.5, 0.5, 0.5]),
        (INTERNAL, [0.02, 0.04, 0.08, 0.16, 0.2, 0.2, 0.2]),
        (IN_PROGRESS, [0.02, 0.04, 0.08, 0.16, 0.2, 0.2, 0.2]),
        (SINGLE_CONFLICT, [0.02, 0.04, 0.08, 0.16, 0.2, 0.2, 0.2]),
        (SILENCE, [0.02, 0.04, 0.08, 0.16, 0.2, 0.2, 0.2]),
    ],
    ids=["ok", "condition", "conflict", "throttled", "cancelled", "internal", "in progress", "single", "silence"],
)
async def test_what_is_tried_again_and_the_bounds_of_the_waits(
    attempt: dict[str, Any], waits: list[float] | None
) -> None:
    rig = Rig()
    rig.breaker = Breaker("Facts", BreakerRule(calls=10**6), lambda _: None)
    rig.call.breaker = rig.breaker
    found = [await rig.after(attempt, number) for number in range(1, 9)]
    expected: list[float | None] = [None] * 8
    expected[: len(waits or [])] = waits or []
    assert found == expected


@settings(max_examples=30)
@given(st.floats(0, 1), st.integers(1, 10**6))
async def test_waits_are_random_below_their_bound(dice: float, number: int) -> None:
    rig = Rig(dice=dice, attempts=10**9)
    assert await rig.after(THROTTLED, number) == pytest.approx(min(0.5, 0.05 * 2 ** min(number - 1, 30)) * dice)


async def test_there_is_no_attempt_for_which_there_is_no_time() -> None:
    rig = Rig()
    rig.now = 2_949 * MS
    assert await rig.after(THROTTLED) == 0.05
    rig.now = 2_950 * MS
    assert await rig.after(THROTTLED) is None
    assert rig.budget.tokens == 99


async def test_each_retry_takes_a_token_but_for_conflicts() -> None:
    rig = Rig(tokens=2)
    assert await rig.after(SINGLE_CONFLICT) is not None
    assert (rig.budget.tokens, rig.call.retries) == (2, 0)
    assert [await rig.after(THROTTLED) is not None for _ in range(4)] == [True, True, False, False]
    assert rig.call.retries == 2
    assert rig.counted == [("Facts", "conflict"), ("Facts", "throttled"), ("Facts", "throttled")]


async def test_a_stream_has_no_call_and_the_same_budget() -> None:
    rig = Rig(tokens=1)
    assert await rig.retries.needs_retry(**THROTTLED, attempts=1, operation=None) is not None
    assert await rig.retries.needs_retry(**THROTTLED, attempts=1, operation=None) is None
    assert rig.counted == [(None, "throttled")]


async def test_silence_opens_the_circuit_which_ends_the_retries() -> None:
    rig = Rig()
    assert await rig.after(SILENCE) is not None
    assert rig.breaker.closed
    assert await rig.after(SILENCE, 2) is None
    assert not rig.breaker.closed


@pytest.mark.parametrize("attempt", [THROTTLED, INTERNAL], ids=["throttled", "internal"])
async def test_what_was_answered_says_something_about_the_table_only_when_it_is_the_end(
    attempt: dict[str, Any],
) -> None:
    rig = Rig()
    for number in range(1, 8):
        await rig.after(attempt, number)
    assert rig.breaker.calm


@pytest.mark.parametrize(
    ("attempt", "unsettled"),
    [(SILENCE, True), (INTERNAL, True), (IN_PROGRESS, True), (THROTTLED, False), (SINGLE_CONFLICT, False)],
    ids=["silence", "internal", "in progress", "throttled", "conflict"],
)
async def test_what_may_have_been_carried_out_is_remembered(attempt: dict[str, Any], unsettled: bool) -> None:
    rig = Rig()
    await rig.after(attempt)
    assert rig.call.unsettled is unsettled


async def test_an_answer_that_is_not_what_its_checksum_says_is_none() -> None:
    rig = Rig()
    rig.corrupt = True
    assert await rig.after(OK) == 0.02
    assert rig.counted == [("Facts", "no_answer")]
    assert rig.call.unsettled
