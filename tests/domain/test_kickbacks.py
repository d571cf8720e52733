from fractions import Fraction
from math import floor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.kickbacks import Channel, KickbackType, kickback_value
from tests.strategies import kinds

POINT, MILE, CASHBACK = KickbackType.POINT, KickbackType.MILE, KickbackType.CASHBACK


def test_the_three_types_and_two_channels_are_what_is_stored() -> None:
    assert [kind.value for kind in KickbackType] == ["POINT", "MILE", "CASHBACK"]
    assert [channel.value for channel in Channel] == ["STORE", "ONLINE"]


@pytest.mark.parametrize(
    ("by_type", "valuation", "value"),
    [
        ({}, {}, 0),
        ({POINT: 50}, {POINT: 1_000_000}, 50),
        ({POINT: 3, MILE: 3}, {POINT: 500_000, MILE: 1_500_000}, 1 + 4),  # each rounded down, then added
        ({POINT: 10, CASHBACK: 5}, {POINT: 0, CASHBACK: 1_000_000}, 5),
        ({MILE: -3}, {MILE: 500_000}, -2),
    ],
)
def test_types_are_added_only_by_their_value(
    by_type: dict[KickbackType, int], valuation: dict[KickbackType, int], value: int
) -> None:
    assert kickback_value(by_type, valuation) == value


@settings(max_examples=100)
@given(
    st.dictionaries(kinds, st.integers(-(10**15), 10**15)),
    st.fixed_dictionaries({kind: st.integers(0, 10**12) for kind in KickbackType}),
)
def test_the_value_is_exact(by_type: dict[KickbackType, int], valuation: dict[KickbackType, int]) -> None:
    exact = sum(floor(amount * Fraction(valuation[kind], 10**6)) for kind, amount in by_type.items())
    assert kickback_value(by_type, valuation) == exact
