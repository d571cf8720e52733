import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError

from app.ports.errors import OutcomeUnknown, StoreError, StoreRefused, StoreUnavailable
from app.store.errors import CLIENT_ERRORS, error_code, port_error

URL = "http://127.0.0.1:1"


def answered(code: str, status: int) -> ClientError:
    response = {"Error": {"Code": code, "Message": "secret"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(response, "PutItem")


@pytest.mark.parametrize(
    ("error", "reading", "writing"),
    [
        (answered("ProvisionedThroughputExceededException", 400), StoreUnavailable, StoreUnavailable),
        (answered("ThrottlingException", 400), StoreUnavailable, StoreUnavailable),
        (answered("RequestLimitExceeded", 400), StoreUnavailable, StoreUnavailable),
        (answered("TransactionInProgressException", 400), StoreUnavailable, StoreUnavailable),
        (answered("ExpiredTokenException", 400), StoreUnavailable, StoreUnavailable),
        (answered("ResourceNotFoundException", 400), StoreUnavailable, StoreUnavailable),
        (answered("ValidationException", 400), StoreRefused, StoreRefused),
        (answered("AccessDeniedException", 400), StoreRefused, StoreRefused),
        (answered("400", 400), StoreUnavailable, OutcomeUnknown),
        (answered("InternalServerError", 500), StoreUnavailable, OutcomeUnknown),
        (answered("ServiceUnavailable", 503), StoreUnavailable, OutcomeUnknown),
        (answered("SomethingNew", 500), StoreUnavailable, OutcomeUnknown),
        (ReadTimeoutError(endpoint_url=URL), StoreUnavailable, OutcomeUnknown),
        (ConnectTimeoutError(endpoint_url=URL), StoreUnavailable, OutcomeUnknown),
        (EndpointConnectionError(endpoint_url=URL), StoreUnavailable, OutcomeUnknown),
        (TimeoutError(), StoreUnavailable, OutcomeUnknown),
        (ConnectionResetError(), StoreUnavailable, OutcomeUnknown),
    ],
    ids=lambda value: error_code(value) if isinstance(value, Exception) else value.__name__,
)
def test_wire_errors_become_ours(error: Exception, reading: type[StoreError], writing: type[StoreError]) -> None:
    assert isinstance(error, CLIENT_ERRORS)
    assert type(port_error(error, wrote=False)) is reading
    assert type(port_error(error, wrote=True)) is writing


def test_our_errors_hold_the_code_and_nothing_that_was_said() -> None:
    error = port_error(answered("ValidationException", 400), wrote=True)
    assert str(error) == "ValidationException"


def test_a_wire_error_without_a_code() -> None:
    error = ClientError({}, "PutItem")
    assert error_code(error) == "Unknown"
    assert type(port_error(error, wrote=True)) is OutcomeUnknown
