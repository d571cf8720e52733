"""From what the wire says to the ports' errors, in one table."""

import asyncio
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from app.ports.errors import OutcomeUnknown, StoreError, StoreRefused, StoreUnavailable

# Overloaded, restarting or between credentials: the same call may go through later. Nothing was written.
_TRY_LATER = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ThrottlingException",
        "LimitExceededException",
        "ItemCollectionSizeLimitExceededException",
        "TransactionInProgressException",
        "ResourceNotFoundException",
        "ExpiredTokenException",
        "UnrecognizedClientException",
        "InvalidSignatureException",
        "RequestExpired",
    }
)
TRANSACTION_CANCELLED = "TransactionCanceledException"
# Reasons for which a cancelled transaction is worth deciding again.
TRANSIENT_REASONS = frozenset(
    {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded", "TransactionInProgress"}
)
CONDITION_FAILED = "ConditionalCheckFailed"
CONDITION_NOT_MET = "ConditionalCheckFailedException"

# What a call can raise: an answer that is an error, no usable answer, or none in time.
CLIENT_ERRORS = (ClientError, BotoCoreError, asyncio.TimeoutError, OSError)


def error_code(error: BaseException) -> str:
    """The wire's code, 'TransactionCanceledException', or the class name where no answer came."""
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", "Unknown"))
    return type(error).__name__


def cancellation_reasons(error: ClientError) -> list[Mapping[str, Any]]:
    """One for each action of a cancelled transaction, in order."""
    return list(error.response.get("CancellationReasons", []))


def port_error(error: Exception, *, wrote: bool) -> StoreError:
    """What to raise instead. `wrote`: the call was a write, so that silence leaves its outcome unknown."""
    code = error_code(error)
    if code in _TRY_LATER:
        return StoreUnavailable(code)
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500)
        if status < 500:
            return StoreRefused(code)
    return OutcomeUnknown(code) if wrote else StoreUnavailable(code)
