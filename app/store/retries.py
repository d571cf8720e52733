"""Whether a call is tried again, and after how long. The only place where a call is sent twice for the same decision.

What another attempt may heal is the SDK's knowledge, and what DynamoDB says of a transaction that it cancelled because
it was overloaded, or of a single write that met a transaction. Beyond that an attempt needs time before its call has to
end, a token of the budget, and a table that is not known to be in trouble. Transactions that met another one are not
sent again: whoever decided on them has to decide anew.
"""

from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from app.store.breaker import Breaker
from app.store.outcomes import (
    CONFLICT,
    IN_PROGRESS,
    NO_ANSWER,
    OK,
    SERVER_ERROR,
    THROTTLED,
    TRANSACTION_CANCELLED,
    outcome_of,
    outcome_of_answer,
)
from app.store.retry_budget import RetryBudget

_MILLISECOND = 1_000_000
_SECOND_MS = 1000
# Milliseconds: the bound of the first wait, which doubles, and the longest. Overload takes longer to pass.
_THROTTLED_WAITS = (50, 500)
_OTHER_WAITS = (20, 200)
_MANY = 20
_ERRORS = 300


@dataclass(slots=True)
class Call:
    """One that did not simply succeed. `first` came of the attempt that was already made, None where there was none.

    `until`: nanoseconds by the policy's clock at which the call has to end.
    """

    first: Any
    breaker: Breaker
    ticket: int
    until: int
    retries: int = 0
    unsettled: bool = False
    """An attempt may have been carried out, and nobody knows."""


class Unsettled(Exception):
    """An attempt may have been carried out; the last one was refused, which says nothing about that."""


current_call: ContextVar[Call | None] = ContextVar("call", default=None)


class Retries:
    """`attempts` in all. `heals` is the SDK's own opinion, with what it tells its hooks. `random` gives 0 to 1, `clock`
    nanoseconds; `count` is told the table (None: a stream) and the outcome that is tried again."""

    def __init__(
        self,
        attempts: int,
        budget: RetryBudget,
        heals: Callable[[Mapping[str, Any]], Awaitable[bool]],
        *,
        random: Callable[[], float],
        clock: Callable[[], int],
        count: Callable[[str | None, str], None],
    ) -> None:
        self._attempts = attempts
        self._budget = budget
        self._heals = heals
        self._random = random
        self._clock = clock
        self._count = count

    async def needs_retry(self, **told: Any) -> float | None:
        """Asked by the SDK after each attempt. Seconds to wait before the next; None: there is none."""
        outcome = _outcome(told["response"], told["caught_exception"])
        heals = await self._heals(told)
        if heals and outcome == OK:
            outcome = NO_ANSWER  # it is not what its checksum says
        call = current_call.get()
        if call is not None:
            self._note(outcome, call)
        refused_by_conflict = outcome == CONFLICT and _code(told["response"]) != TRANSACTION_CANCELLED
        if not (heals or outcome == THROTTLED or refused_by_conflict):
            return None
        wait = self._wait(outcome, told["attempts"])
        if told["attempts"] >= self._attempts or not self._may(call, wait):
            return None
        if outcome != CONFLICT and not self._take(call):
            return None
        self._count(call.breaker.table if call is not None else None, outcome)
        return wait / _SECOND_MS

    def _take(self, call: Call | None) -> bool:
        taken = self._budget.take()
        if taken and call is not None:
            call.retries += 1
        return taken

    def _note(self, outcome: str, call: Call) -> None:
        if outcome in (NO_ANSWER, SERVER_ERROR, IN_PROGRESS):
            call.unsettled = True
        if outcome == NO_ANSWER:  # each of them, for they take long; of the others the last one
            call.breaker.failed(call.ticket, self._clock())

    def _may(self, call: Call | None, wait: float) -> bool:
        return call is None or (call.breaker.closed and self._clock() + wait * _MILLISECOND < call.until)

    def _wait(self, outcome: str, attempts: int) -> float:
        """Milliseconds, with full jitter."""
        first, longest = _THROTTLED_WAITS if outcome == THROTTLED else _OTHER_WAITS
        return self._random() * min(longest, first << min(attempts - 1, _MANY))


def _outcome(response: tuple[Any, Mapping[str, Any]] | None, error: Exception | None) -> str:
    if response is None:
        return outcome_of(error) if error is not None else NO_ANSWER
    http, parsed = response
    if http.status_code < _ERRORS:
        return OK
    return outcome_of_answer(http.status_code, _code(response), parsed.get("CancellationReasons", ()))


def _code(response: tuple[Any, Mapping[str, Any]] | None) -> str:
    return str(response[1].get("Error", {}).get("Code", "")) if response is not None else ""
