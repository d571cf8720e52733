import os
from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from app.bootstrap.binding import validity
from app.domain.expiry import RoundUp, Validity
from app.domain.kickbacks import KickbackType
from app.settings import LOCAL_CURSOR_KEY, Environment, ServiceSettings, Settings

NEEDED: dict[str, Any] = {
    "cursor_keys": "one",
    "auth_issuer": "https://issuer.example",
    "auth_audience": "kickbacks",
    "pseudonym_key": "two",
}


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of this machine's environment is a setting."""
    for name in list(os.environ):
        if name.lower() in Settings.model_fields:
            monkeypatch.delenv(name)


def local(**changes: Any) -> Settings:
    return Settings(environment=Environment.LOCAL, **changes)


def test_production_is_the_default_and_signs_with_its_own_key() -> None:
    with pytest.raises(ValidationError, match="CURSOR_KEYS must be set unless ENVIRONMENT=local"):
        ServiceSettings()
    with pytest.raises(ValueError, match="CURSOR_KEYS must be set"):
        assert Settings().cursor_secrets
    settings = ServiceSettings(**NEEDED)
    assert settings.environment is Environment.PRODUCTION
    assert not settings.is_local
    assert not settings.is_open


@pytest.mark.parametrize("name", ["cursor_keys", "auth_issuer", "auth_audience", "pseudonym_key"])
def test_production_does_not_start_without(name: str) -> None:
    """A projector and maintenance, which nobody asks anything, do."""
    rest = {other: value for other, value in NEEDED.items() if other != name}
    with pytest.raises(ValidationError, match=f"^1 validation error .*\n  Value error, {name.upper()} must be set"):
        ServiceSettings(**rest)
    if name != "auth_audience":  # what is there without it helps nobody
        assert ServiceSettings(**rest, environment="local").is_local
    assert not Settings().is_open


@pytest.mark.parametrize(
    ("given", "is_open"),
    [
        ({}, True),
        ({"access": "tokens"}, False),
        ({"auth_issuer": "https://issuer.example", "auth_audience": "kickbacks"}, False),
        ({"auth_issuer": "https://issuer.example", "auth_audience": "kickbacks", "access": "open"}, True),
    ],
)
def test_a_developers_service_is_open_until_it_has_an_issuer(given: dict[str, Any], is_open: bool) -> None:
    assert local(**given).is_open is is_open


def test_production_is_never_open() -> None:
    with pytest.raises(ValidationError, match="ACCESS=open is only for ENVIRONMENT=local"):
        ServiceSettings(**NEEDED, access="open")
    assert not ServiceSettings(**NEEDED, open_to_network=True).is_open


@pytest.mark.parametrize("keys", ["", " ", ",", " , ,"])
def test_blank_keys_are_no_keys(keys: str) -> None:
    with pytest.raises(ValidationError, match="CURSOR_KEYS must be set"):
        ServiceSettings.model_validate({"cursor_keys": keys})
    assert ServiceSettings.model_validate({"cursor_keys": keys, "environment": "local"}).cursor_secrets == (
        LOCAL_CURSOR_KEY.encode(),
    )


def test_keys_are_listed_newest_first_and_never_shown() -> None:
    settings = Settings.model_validate({"cursor_keys": "new-secret, old-secret,"})
    assert settings.cursor_secrets == (b"new-secret", b"old-secret")
    for shown in (repr(settings), str(settings), settings.model_dump_json(), str(settings.model_dump())):
        assert "secret" not in shown.replace("cursor_secrets", "")


def test_what_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "ENVIRONMENT": "local",
        "FACTS_TABLE": "Other",
        "BUSINESS_TIMEZONE": "America/New_York",
        "POINT_VALIDITY_DAYS": "7",
        "CATEGORY_SHARDS": "4",
        "CURSOR_KEYS": "a,b",
        "UNRELATED": "1",
    }.items():
        monkeypatch.setenv(name, value)
    settings = Settings()
    assert (settings.is_local, settings.facts_table, settings.category_shards) == (True, "Other", 4)
    assert settings.zone.key == "America/New_York"
    assert settings.point_validity_days == 7
    assert settings.cursor_secrets == (b"a", b"b")


def test_the_published_defaults() -> None:
    settings = local()
    assert (settings.facts_table, settings.currency, settings.zone.key) == ("CreditCardKickbacks", "JPY", "Asia/Tokyo")
    assert (settings.category_shards, settings.card_shards) == (16, 4)
    assert settings.point_validity_days == 180
    assert (settings.mile_validity_days, settings.cashback_validity_days, settings.retention_days) == (None, None, None)
    values = {settings.point_value_millionths, settings.mile_value_millionths, settings.cashback_value_millionths}
    assert values == {1_000_000}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("environment", "staging"),
        ("facts_table", "a b"),
        ("facts_table", "ab"),
        ("currency", "yen"),
        ("business_timezone", "Mars/Olympus"),
        ("business_timezone", "../etc/passwd"),
        ("business_timezone", ""),
        ("point_validity_days", 0),
        ("point_validity_days", 36_501),
        ("mile_validity_months", 0),
        ("mile_validity_months", 1201),
        ("cashback_validity_until", "1999-12-31"),
        ("cashback_validity_until", "9999-12-31"),  # there is no day after it
        ("cashback_validity_until", "2027-02-29"),
        ("point_validity_round_up", "WEEK"),
        ("due_shards", 0),
        ("due_shards", 101),
        ("category_shards", 0),
        ("category_shards", 101),  # a shard has two digits
        ("card_shards", -1),
        ("shard_concurrency", 0),
        ("cursor_ttl_seconds", 0),
        ("request_seconds", 0),
        ("batch_group", 34),  # three items each, and a transaction has 100
        ("batch_window", 0),
        ("write_attempts", 0),
    ],
)
def test_what_makes_no_sense_is_refused_at_start(name: str, value: Any) -> None:
    with pytest.raises(ValidationError) as raised:
        Settings.model_validate({"environment": "local", name: value})
    assert [error["loc"] for error in raised.value.errors()] == [(name,)]


@pytest.mark.parametrize("kind", ["MILE", "CASHBACK"])
def test_what_never_expires_has_no_day_to_round_up(kind: str) -> None:
    with pytest.raises(ValidationError, match=f"{kind}_VALIDITY_ROUND_UP needs one of {kind}_VALIDITY_DAYS"):
        Settings.model_validate({f"{kind.lower()}_validity_round_up": "MONTH"})


@pytest.mark.parametrize("length", [{"days": 30}, {"months": 6}, {"until": "2027-02-15"}], ids=str)
def test_any_last_day_can_be_rounded_up(length: dict[str, Any]) -> None:
    given = {f"mile_validity_{name}": value for name, value in {**length, "round_up": "QUARTER"}.items()}
    assert Settings.model_validate(given).mile_validity_round_up is RoundUp.QUARTER


@pytest.mark.parametrize(
    ("environment", "kind", "expected"),
    [
        ({}, "POINT", Validity(days=180)),
        ({}, "MILE", Validity()),
        ({}, "CASHBACK", Validity()),
        ({"POINT_VALIDITY_DAYS": "7"}, "POINT", Validity(days=7)),
        ({"POINT_VALIDITY_MONTHS": "6"}, "POINT", Validity(days=180, months=6)),  # months win over the default
        (
            {"MILE_VALIDITY_MONTHS": "36", "MILE_VALIDITY_ROUND_UP": "MONTH"},
            "MILE",
            Validity(months=36, round_up=RoundUp.MONTH),
        ),
        ({"CASHBACK_VALIDITY_UNTIL": "2027-03-31"}, "CASHBACK", Validity(until=date(2027, 3, 31))),
        ({"CASHBACK_VALIDITY_UNTIL": "2027-03-31"}, "MILE", Validity()),
    ],
)
def test_how_long_each_type_counts(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], kind: str, expected: Validity
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert validity(Settings())[KickbackType(kind)] == expected


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        local().facts_table = "Other"  # type: ignore[misc]  # that is the point


def test_every_setting_has_a_default_that_is_valid() -> None:
    defaults = {name: field.default for name, field in Settings.model_fields.items()}
    assert Settings.model_validate({**defaults, "environment": "local"}) == local()
