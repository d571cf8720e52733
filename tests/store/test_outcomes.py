"""Each error of the wire in one word: whether it was a conflict, a condition or overload decides what is done next."""

from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    CredentialRetrievalError,
    NoCredentialsError,
    ReadTimeoutError,
)

from app.store.breaker import CircuitOpen
from app.store.outcomes import TROUBLE, is_cancelled, outcome_of

URL = "http://127.0.0.1:1"
CANCELLED = "TransactionCanceledException"


def answered(code: str, status: int = 400, reasons: tuple[str, ...] = ()) -> ClientError:
    response: Any = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    if reasons:
        response["CancellationReasons"] = [{"Code": one} for one in reasons]
    return ClientError(response, "TransactWriteItems")


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (answered("ConditionalCheckFailedException"), "condition"),
        (answered("TransactionConflictException"), "conflict"),
        (answered("TransactionInProgressException"), "in_progress"),
        (answered("ThrottlingException"), "throttled"),
        (answered("ProvisionedThroughputExceededException"), "throttled"),
        (answered("RequestLimitExceeded"), "throttled"),
        (answered("InternalServerError", 500), "unavailable"),
        (answered("502", 502), "unavailable"),
        (answered("ValidationException"), "refused"),
        (answered("AccessDeniedException"), "refused"),
        (answered("ResourceNotFoundException"), "missing"),
        (answered("ExpiredTokenException"), "credentials"),
        (NoCredentialsError(), "credentials"),
        (CredentialRetrievalError(provider="p", error_msg="m"), "credentials"),
        (ReadTimeoutError(endpoint_url=URL), "no_answer"),
        (ConnectionClosedError(endpoint_url=URL), "no_answer"),
        (TimeoutError(), "no_answer"),
        (CircuitOpen(), "circuit_open"),
        (ClientError({}, "PutItem"), "unavailable"),
    ],
    ids=str,
)
def test_outcomes(error: Exception, outcome: str) -> None:
    assert outcome_of(error) == outcome
    assert not is_cancelled(error)


@pytest.mark.parametrize(
    ("reasons", "outcome"),
    [
        (("ConditionalCheckFailed", "None"), "condition"),
        (("None", "TransactionConflict"), "conflict"),
        (("None", "ThrottlingError"), "throttled"),
        (("ProvisionedThroughputExceeded",), "throttled"),
        (("TransactionInProgress",), "in_progress"),
        # What deciding again settles comes first, then what waiting does.
        (("ThrottlingError", "ConditionalCheckFailed", "TransactionConflict"), "condition"),
        (("ThrottlingError", "TransactionConflict"), "conflict"),
        (("ValidationError", "ThrottlingError"), "refused"),
        (("ItemCollectionSizeLimitExceeded", "None"), "refused"),
        (("None", "None"), "conflict"),
    ],
)
def test_outcomes_of_cancelled_transactions(reasons: tuple[str, ...], outcome: str) -> None:
    error = answered(CANCELLED, reasons=reasons)
    assert outcome_of(error) == outcome
    assert is_cancelled(error) == (outcome != "throttled")


def test_only_what_says_something_about_the_table_is_trouble() -> None:
    assert {"throttled", "unavailable", "no_answer"} == TROUBLE
