from decimal import Decimal
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.identifiers import MAX_AMOUNT
from app.domain.rates import MILLION, kickback_of, parse_rate_text, rate_millionths, rate_text, ratio_millionths

amounts = st.integers(0, MAX_AMOUNT)
rates = st.integers(0, MILLION)


@pytest.mark.parametrize(
    ("rate", "expected"),
    [
        ("0", 0),
        ("-0.0", 0),
        ("0.01", 10_000),
        ("0.010000000", 10_000),
        ("1e-2", 10_000),
        ("0.000001", 1),
        ("0.333333", 333_333),
        ("1", MILLION),
        ("1.000000", MILLION),
    ],
)
def test_a_rate_is_kept_exactly(rate: str, expected: int) -> None:
    assert rate_millionths(Decimal(rate)) == expected


@pytest.mark.parametrize(
    "rate",
    [
        "-0.000001",
        "1.000001",
        "2",
        "1e400",
        "NaN",
        "sNaN",
        "Infinity",
        "-Infinity",
        "0.0000001",
        "0.0100001",
        "1e-7",
        "0.01" + "0" * 40 + "1",
        "0." + "9" * 40,
        "1e-400",
        "1e-9999999",
    ],
)
def test_what_is_no_rate_is_refused_and_not_rounded(rate: str) -> None:
    with pytest.raises(ValueError, match=r"^must (be a rate from 0 to 1|have at most 6 decimals)$"):
        rate_millionths(Decimal(rate))


@settings(max_examples=200)
@given(st.decimals(min_value=0, max_value=1, places=9))
def test_exactly_the_rates_with_six_decimals_are_taken(rate: Decimal) -> None:
    scaled = Fraction(rate) * MILLION
    if scaled.denominator == 1:
        assert rate_millionths(rate) == scaled
    else:
        with pytest.raises(ValueError, match="at most 6 decimals"):
            rate_millionths(rate)


@settings(max_examples=200)
@given(amounts, rates)
def test_a_kickback_is_the_exact_product_rounded_down(amount: int, rate: int) -> None:
    assert kickback_of(amount, rate) == floor(amount * Fraction(rate, MILLION))


@settings(max_examples=200)
@given(amounts, amounts, rates)
def test_splitting_a_payment_loses_at_most_one_unit_and_never_gains(first: int, second: int, rate: int) -> None:
    whole = kickback_of(first + second, rate)
    assert whole - 1 <= kickback_of(first, rate) + kickback_of(second, rate) <= whole


@settings(max_examples=300)
@given(
    st.integers(-MAX_AMOUNT * 1000, MAX_AMOUNT * 1000) | st.integers(),
    st.integers(1, MAX_AMOUNT * 1000) | st.integers(-(10**40), 10**40).filter(bool),
)
def test_a_ratio_is_exact_to_six_decimals_half_to_even(part: int, whole: int) -> None:
    assert ratio_millionths(part, whole) == round(Fraction(part, whole) * MILLION)


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [
        (1, 2_000_000, 0),
        (3, 2_000_000, 2),
        (-1, 2_000_000, 0),
        (-3, 2_000_000, -2),
        (3, -2_000_000, -2),
        (50, 5000, 10_000),
        (1, 3, 333_333),
        (2, 3, 666_667),
        (10**40 + 1, 2 * 10**46, 1),
    ],
)
def test_ratios_on_the_edge(part: int, whole: int, expected: int) -> None:
    assert ratio_millionths(part, whole) == expected


def test_a_ratio_to_nothing_is_unknown() -> None:
    assert ratio_millionths(5, 0) is None
    assert ratio_millionths(0, 5) == 0


@pytest.mark.parametrize(
    ("millionths", "text"),
    [(0, "0"), (1, "0.000001"), (10_000, "0.01"), (123_456, "0.123456"), (MILLION, "1"), (2_500_000, "2.5")],
)
def test_a_rate_is_shown_in_its_shortest_form(millionths: int, text: str) -> None:
    assert rate_text(millionths) == text
    assert rate_text(-millionths) == (f"-{text}" if millionths else "0")


@settings(max_examples=200)
@given(st.integers(-(10**18), 10**18))
def test_what_was_stored_is_read_back(millionths: int) -> None:
    text = rate_text(millionths)
    assert Fraction(text) == Fraction(millionths, MILLION)
    assert parse_rate_text(text) == millionths
