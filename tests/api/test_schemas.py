from datetime import date
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from app.api.schemas import Amount, BusinessDate, Category, Id, Limit, StrictModel
from app.domain.identifiers import MAX_AMOUNT


class Sample(StrictModel):
    """For these tests."""

    first_name: str
    limit: Limit = 50


@pytest.mark.parametrize(("given", "limit"), [("1", 1), ("200", 200), ("050", 50), (7, 7)])
def test_a_limit_is_1_to_200(given: Any, limit: int) -> None:
    assert TypeAdapter(Limit).validate_python(given, strict=True) == limit


@pytest.mark.parametrize(
    "given",
    ["0", "201", "-1", "+5", " 5", "5 ", "1.0", "1e2", "0x10", "1_0", "５", "٥", "²", "", "9" * 5000, "true", 0, 201],
)
def test_other_limits_are_refused(given: Any) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Limit).validate_python(given, strict=True)


def test_fields_have_the_names_of_the_wire_only() -> None:
    assert Sample.model_validate({"firstName": "a"}).first_name == "a"
    for wrong in ({"first_name": "a"}, {"firstName": "a", "other": 1}, {"firstName": "a", "": 1}):
        with pytest.raises(ValidationError, match="unknown field"):
            Sample.model_validate(wrong)


@pytest.mark.parametrize("value", [1, True, None, b"a", ["a"]])
def test_nothing_is_converted(value: Any) -> None:
    with pytest.raises(ValidationError):
        Sample.model_validate({"firstName": value})


@pytest.mark.parametrize(("value", "good"), [(0, True), (MAX_AMOUNT, True), (-1, False), (MAX_AMOUNT + 1, False)])
def test_amounts(value: int, good: bool) -> None:
    if good:
        assert TypeAdapter(Amount).validate_python(value) == value
    else:
        with pytest.raises(ValidationError):
            TypeAdapter(Amount).validate_python(value)


def test_ids_categories_and_dates_follow_the_domains_rules() -> None:
    assert TypeAdapter(Id).validate_python("a:b") == "a:b"
    assert TypeAdapter(Category).validate_python("grocery") == "GROCERY"
    assert TypeAdapter(BusinessDate).validate_python("2024-02-29") == date(2024, 2, 29)
    for adapter, wrong in ((Id, "a#b"), (Category, "a-b"), (BusinessDate, "2023-02-29"), (BusinessDate, 1_769_871_599)):
        with pytest.raises(ValidationError, match="must be"):
            TypeAdapter(adapter).validate_python(wrong)


def test_the_error_does_not_hold_what_was_sent() -> None:
    with pytest.raises(ValidationError) as raised:
        Sample.model_validate({"firstName": ["canary7f3a"], "limit": "canary7f3a"})
    assert "canary7f3a" not in str(raised.value)
