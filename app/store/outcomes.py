"""What came of a call, in one word: for metrics, for logs, and for whoever decides what to do about it."""

from collections.abc import Iterable, Mapping
from typing import Any

from botocore.exceptions import (
    ClientError,
    CredentialRetrievalError,
    NoCredentialsError,
    PartialCredentialsError,
)

from app.store.breaker import CircuitOpen

OK = "ok"
CONDITION = "condition"
"""What is there is not as the write wants it."""
CONFLICT = "conflict"
"""Somebody else was writing the same items at that moment."""
IN_PROGRESS = "in_progress"
"""The same transaction, sent before, is not through yet."""
THROTTLED = "throttled"
"""More was asked of the table, or of one of its partitions, than it does."""
SERVER_ERROR = "unavailable"
"""It says so itself."""
NO_ANSWER = "no_answer"
"""Nothing, half of it, or not in time."""
UNDECODABLE = "undecodable"
CREDENTIALS = "credentials"
"""None, or none that are good (any more, or by the clock here)."""
MISSING = "missing"
"""There is no such table."""
CIRCUIT_OPEN = "circuit_open"
"""Nothing was sent, because of the calls before."""
REFUSED = "refused"
"""DynamoDB says that we asked wrongly."""

TROUBLE = frozenset({THROTTLED, SERVER_ERROR, NO_ANSWER})
"""Failures that say something about the table rather than about the call."""

SETTLED_LATER = frozenset({THROTTLED, IN_PROGRESS, CREDENTIALS, MISSING})
"""Refusals of one attempt that leave open what became of an earlier one."""

TRANSACTION_CANCELLED = "TransactionCanceledException"
CONDITION_FAILED = "ConditionalCheckFailed"
CONDITION_NOT_MET = "ConditionalCheckFailedException"
_BY_CODE = {
    CONDITION_NOT_MET: CONDITION,
    "TransactionConflictException": CONFLICT,
    "TransactionInProgressException": IN_PROGRESS,
    "ProvisionedThroughputExceededException": THROTTLED,
    "RequestLimitExceeded": THROTTLED,
    "ThrottlingException": THROTTLED,
    "LimitExceededException": THROTTLED,
    "ResourceNotFoundException": MISSING,
    "ExpiredTokenException": CREDENTIALS,
    "UnrecognizedClientException": CREDENTIALS,
    "InvalidSignatureException": CREDENTIALS,
    "RequestExpired": CREDENTIALS,
    "RequestTimeTooSkewed": CREDENTIALS,
}
# The first of them that is among a cancelled transaction's reasons says what to do: waiting heals no condition, and
# whoever has to decide again need not wait for the throughput of what was decided before.
_BY_REASON = {
    CONDITION_FAILED: CONDITION,
    "TransactionConflict": CONFLICT,
    "TransactionInProgress": IN_PROGRESS,
    "ThrottlingError": THROTTLED,
    "ProvisionedThroughputExceeded": THROTTLED,
}
_KEYS_MISSING = (NoCredentialsError, PartialCredentialsError, CredentialRetrievalError)
_SERVER_ERRORS = 500


def outcome_of(error: BaseException) -> str:
    """Of a call that ended with one of the CLIENT_ERRORS."""
    match error:
        case ClientError():
            answer = error.response
            status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode", _SERVER_ERRORS)
            code = str(answer.get("Error", {}).get("Code", "Unknown"))
            return outcome_of_answer(status, code, answer.get("CancellationReasons", ()))
        case CircuitOpen():
            return CIRCUIT_OPEN
        case _ if isinstance(error, _KEYS_MISSING):
            return CREDENTIALS
        case _:
            return NO_ANSWER


def is_cancelled(error: BaseException) -> bool:
    """A transaction that wrote nothing for reasons that somebody has to look at; not for lack of throughput alone."""
    cancelled = isinstance(error, ClientError) and error.response.get("Error", {}).get("Code") == TRANSACTION_CANCELLED
    return cancelled and outcome_of(error) != THROTTLED


def outcome_of_answer(status: int, code: str, reasons: Iterable[Mapping[str, Any]]) -> str:
    """Of an answer that is an error. `reasons` are those of a cancelled transaction, one for each action."""
    if code == TRANSACTION_CANCELLED:
        return _outcome_of_reasons({str(reason.get("Code", "None")) for reason in reasons} - {"None"})
    return _BY_CODE.get(code) or (SERVER_ERROR if status >= _SERVER_ERRORS else REFUSED)


def _outcome_of_reasons(codes: set[str]) -> str:
    if codes - _BY_REASON.keys():
        return REFUSED
    return next((outcome for code, outcome in _BY_REASON.items() if code in codes), CONFLICT)
