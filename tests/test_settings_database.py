"""How long calls to DynamoDB may take, as the settings say it, and which settings do not fit together."""

from typing import Any

import pytest
from pydantic import ValidationError

from app.settings import Settings
from app.settings.service import ServiceSettings

LOCAL = {"environment": "local"}
PRODUCTION = {"environment": "production"}


@pytest.mark.parametrize(
    ("given", "read", "call", "hedge"),
    [
        (LOCAL, 3.0, 10.0, 0),
        (PRODUCTION, 1.5, 3.0, 0.05),
        ({**PRODUCTION, "database_read_seconds": 5}, 5.0, 6.0, 0.05),
        ({**PRODUCTION, "database_call_seconds": 4, "hedge_after_ms": 0}, 1.5, 4.0, 0),
        ({**LOCAL, "database_read_seconds": 20, "database_connect_seconds": 20}, 20.0, 40.0, 0),
        ({**LOCAL, "hedge_after_ms": 200}, 3.0, 10.0, 0.2),
        ({**LOCAL, "request_seconds": 1}, 3.0, 10.0, 0),
    ],
)
def test_bounds(given: dict[str, Any], read: float, call: float, hedge: float) -> None:
    settings = Settings.model_validate(given)
    assert (settings.database_read, settings.database_call, settings.hedge_after) == (read, call, hedge)


@pytest.mark.parametrize(
    ("given", "call"),
    [
        (LOCAL, 10.0),
        ({**LOCAL, "request_seconds": 5}, 5.0),
        ({**LOCAL, "request_seconds": 0.5}, 0.5),
        ({**LOCAL, "request_seconds": 60, "database_read_seconds": 20, "database_connect_seconds": 20}, 40.0),
    ],
)
def test_in_the_service_no_call_may_take_longer_than_a_request(given: dict[str, Any], call: float) -> None:
    assert ServiceSettings.model_validate(given).database_call == call


@pytest.mark.parametrize(
    ("given", "named"),
    [
        (
            {"database_call_seconds": 2, "database_read_seconds": 1.5},
            {"DATABASE_CALL_SECONDS", "DATABASE_CONNECT_SECONDS", "DATABASE_READ_SECONDS"},
        ),
        ({"database_call_seconds": 16}, {"DATABASE_CALL_SECONDS", "REQUEST_SECONDS"}),
        (
            {"database_read_seconds": 5, "request_seconds": 5},
            {"DATABASE_CONNECT_SECONDS", "DATABASE_READ_SECONDS", "REQUEST_SECONDS"},
        ),
        (
            {"database_connect_seconds": 10, "request_seconds": 5},
            {"DATABASE_CONNECT_SECONDS", "DATABASE_READ_SECONDS", "REQUEST_SECONDS"},
        ),
    ],
)
def test_what_does_not_fit_together_is_refused_by_name(given: dict[str, Any], named: set[str]) -> None:
    with pytest.raises(ValidationError) as refused:
        ServiceSettings.model_validate({**LOCAL, **given})
    assert {word.strip(",.") for word in str(refused.value).split() if word.isupper() and "_SECONDS" in word} == named
