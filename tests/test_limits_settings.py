"""Limits as the settings say them: off on a developer's machine unless named, on everywhere else."""

from typing import Any

import pytest

from app.domain.token_buckets import Allowance
from app.settings import Settings


@pytest.mark.parametrize(
    ("given", "callers", "addresses", "connections"),
    [
        ({"environment": "local"}, None, None, None),
        ({"environment": "production"}, Allowance(50, 100), Allowance(200, 400), 200),
        ({"environment": "production", "trusted_proxies": 1}, Allowance(50, 100), Allowance(200, 400), None),
        (
            {"environment": "local", "caller_rate": 7, "address_rate": 9, "address_connections": 3},
            Allowance(7, 14),
            Allowance(9, 18),
            3,
        ),
        (
            {"environment": "production", "caller_burst": 5, "address_rate": 1, "address_burst": 2},
            Allowance(50, 5),
            Allowance(1, 2),
            200,
        ),
        ({"environment": "local", "caller_burst": 5, "address_burst": 5}, None, None, None),
    ],
)
def test_limits(
    given: dict[str, Any], callers: Allowance | None, addresses: Allowance | None, connections: int | None
) -> None:
    settings = Settings.model_validate(given)
    assert (settings.caller_allowance, settings.address_allowance) == (callers, addresses)
    assert settings.connections_of_address == connections


def test_single_callers() -> None:
    settings = Settings.model_validate({"environment": "local", "caller_rates_of": {"issuer": 2_000}})
    assert settings.caller_allowances == {"issuer": Allowance(2_000, 4_000)}
