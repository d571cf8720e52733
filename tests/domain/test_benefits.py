from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.benefits import (
    Benefit,
    Comparison,
    Condition,
    Evidence,
    Limit,
    Per,
    Value,
    is_same,
    same_period,
    unmet_condition,
)
from app.domain.kickbacks import KickbackType

AT = "2026-11-22T03:04:05.000000Z"
WATCHED = Condition("watchedPercent", Comparison.AT_LEAST, (90,))
VIDEO = Benefit("video", "Watched", "VIDEO_WATCHED", KickbackType.POINT, 20, (WATCHED,), Limit(3, Per.DAY))

at_least, at_most, equals, one_of, present = Comparison


@pytest.mark.parametrize(
    ("comparison", "values", "given_value", "holds"),
    [
        (at_least, (90,), 90, True),
        (at_least, (90,), 91, True),
        (at_least, (90,), 89, False),
        (at_least, (90,), "90", False),
        (at_least, (1,), True, False),
        (at_least, (-5,), -5, True),
        (at_most, (3,), 3, True),
        (at_most, (3,), 4, False),
        (at_most, (3,), -(10**12), True),
        (at_most, (3,), "1", False),
        (at_most, (3,), False, False),
        (equals, ("GOLD",), "GOLD", True),
        (equals, ("GOLD",), "gold", False),
        (equals, (1,), 1, True),
        (equals, (1,), True, False),
        (equals, (True,), 1, False),
        (equals, (True,), True, True),
        (equals, (False,), False, True),
        (equals, (False,), 0, False),
        (equals, ("1",), 1, False),
        (one_of, ("A", 2), "A", True),
        (one_of, ("A", 2), 2, True),
        (one_of, ("A", 2), "2", False),
        (one_of, ("A", True), 1, False),
        (present, (), False, True),
        (present, (), 0, True),
        (present, (), "", True),
    ],
)
def test_a_condition(comparison: Comparison, values: tuple[Value, ...], given_value: Value, holds: bool) -> None:
    condition = Condition("field", comparison, values)
    assert condition.holds({"field": given_value}) is holds
    assert not condition.holds({"Field": given_value})
    assert not condition.holds({})


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (WATCHED, "watchedPercent atLeast 90"),
        (Condition("age", Comparison.AT_MOST, (17,)), "age atMost 17"),
        (Condition("plan", Comparison.EQUALS, ("金",)), 'plan equals "金"'),
        (Condition("done", Comparison.EQUALS, (True,)), "done equals true"),
        (Condition("plan", Comparison.ONE_OF, ("A", 1, False)), 'plan oneOf "A", 1, false'),
        (Condition("videoId", Comparison.PRESENT), "videoId present"),
    ],
)
def test_a_condition_in_words(condition: Condition, text: str) -> None:
    assert condition.text == text


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "evidence", "unmet"),
    [
        (None, None, {"watchedPercent": 90}, None),
        (None, None, {"watchedPercent": 89}, "watchedPercent atLeast 90"),
        (AT, AT, {"watchedPercent": 90}, None),
        ("2026-11-22T03:04:05.000001Z", None, {"watchedPercent": 90}, "validFrom"),
        (None, "2026-11-22T03:04:04.999999Z", {"watchedPercent": 90}, "validTo"),
        (None, "2026-11-22T03:04:04.999999Z", {}, "validTo"),
    ],
)
def test_what_is_unmet_first(
    valid_from: str | None, valid_to: str | None, evidence: Evidence, unmet: str | None
) -> None:
    benefit = replace(VIDEO, valid_from=valid_from, valid_to=valid_to)
    assert unmet_condition(benefit, evidence, at=AT) == unmet


def test_all_conditions_must_hold_and_the_first_that_does_not_is_named() -> None:
    conditions = (WATCHED, Condition("videoId", Comparison.PRESENT), Condition("muted", Comparison.EQUALS, (False,)))
    benefit = replace(VIDEO, conditions=conditions)
    whole: dict[str, Value] = {"watchedPercent": 95, "videoId": "v1", "muted": False, "more": 1}
    assert unmet_condition(benefit, whole, at=AT) is None
    for place, condition in enumerate(conditions):
        without = {name: value for name, value in whole.items() if name not in {c.field for c in conditions[place:]}}
        assert unmet_condition(benefit, without, at=AT) == condition.text
    assert unmet_condition(replace(VIDEO, conditions=()), {}, at=AT) is None


DAY = date(2024, 2, 29)


@pytest.mark.parametrize(
    ("other", "periods"),
    [
        (DAY, {Per.EVER, Per.DAY, Per.MONTH, Per.YEAR}),
        (DAY - timedelta(days=1), {Per.EVER, Per.MONTH, Per.YEAR}),
        (date(2024, 3, 1), {Per.EVER, Per.YEAR}),
        (date(2023, 2, 28), {Per.EVER}),
        (date(2025, 2, 28), {Per.EVER}),
    ],
)
def test_two_days_in_one_period(other: date, periods: set[Per]) -> None:
    assert {per for per in Per if same_period(per, DAY, other)} == periods
    assert {per for per in Per if same_period(per, other, DAY)} == periods


def test_a_definition_says_the_same_or_something_else() -> None:
    assert is_same(VIDEO, replace(VIDEO, conditions=(replace(WATCHED),)))
    assert not is_same(VIDEO, replace(VIDEO, amount=21))
    assert not is_same(VIDEO, replace(VIDEO, limit=Limit()))
    one, true = (replace(VIDEO, conditions=(Condition("x", Comparison.EQUALS, (value,)),)) for value in (1, True))
    assert one == true  # which is why == is not enough
    assert not is_same(one, true)


values = st.text(max_size=3) | st.integers(-3, 3) | st.booleans()


@given(values, st.lists(values, min_size=1, max_size=4))
def test_one_of_is_any_equals(shown: Value, wanted: list[Value]) -> None:
    each = [Condition("x", Comparison.EQUALS, (one,)).holds({"x": shown}) for one in wanted]
    assert Condition("x", Comparison.ONE_OF, tuple(wanted)).holds({"x": shown}) == any(each)


@given(values, st.integers(-3, 3))
def test_at_least_or_at_most_and_both_only_where_equal(shown: Value, bound: int) -> None:
    least, most = (Condition("x", one, (bound,)).holds({"x": shown}) for one in (at_least, at_most))
    is_number = isinstance(shown, int) and not isinstance(shown, bool)
    assert (least or most) == is_number
    assert (least and most) == Condition("x", equals, (bound,)).holds({"x": shown})
