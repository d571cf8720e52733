"""From what the wire says to the ports' errors, in one table."""

import asyncio
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from app.ports.errors import OutcomeUnknown, StoreError, StoreRefused, StoreUnavailable
from app.store.breaker import CircuitOpen
from app.store.outcomes import CIRCUIT_OPEN, CONFLICT, CREDENTIALS, IN_PROGRESS, MISSING, THROTTLED, outcome_of
from app.store.retries import Unsettled

# Overloaded, restarting or between credentials: the same call may go through later. Nothing was written.
_TRY_LATER = frozenset({THROTTLED, CONFLICT, IN_PROGRESS, CREDENTIALS, MISSING, CIRCUIT_OPEN})
_TOO_MUCH_OF_ONE_KEY = "ItemCollectionSizeLimitExceededException"
# Reasons for which a cancelled transaction is worth deciding again.
TRANSIENT_REASONS = frozenset(
    {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded", "TransactionInProgress"}
)

# What a call can raise: an answer that is an error, no usable answer, none in time, or that it was not made.
CLIENT_ERRORS = (ClientError, BotoCoreError, asyncio.TimeoutError, OSError, CircuitOpen, Unsettled)


def error_code(error: BaseException) -> str:
    """The wire's code, 'TransactionCanceledException', or the class name where no answer came."""
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", "Unknown"))
    return type(error).__name__


def cancellation_reasons(error: BaseException) -> list[Mapping[str, Any]]:
    """One for each action of a cancelled transaction, in order."""
    return list(error.response.get("CancellationReasons", [])) if isinstance(error, ClientError) else []


def port_error(error: Exception, *, wrote: bool) -> StoreError:
    """What to raise instead. `wrote`: the call was a write, so that silence leaves its outcome unknown."""
    code = error_code(error)
    if outcome_of(error) in _TRY_LATER or code == _TOO_MUCH_OF_ONE_KEY:
        return StoreUnavailable(code)
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500)
        # An error whose body it could not read, half of it being gone, has its status for a name.
        if status < 500 and not code.isdigit():
            return StoreRefused(code)
    return OutcomeUnknown(code) if wrote else StoreUnavailable(code)
