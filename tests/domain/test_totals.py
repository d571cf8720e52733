from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.kickbacks import KickbackType
from app.domain.totals import Figures, Totals, total_of
from tests.strategies import figures

ONE_TO_ONE = dict.fromkeys(KickbackType, 1_000_000)


@settings(max_examples=100)
@given(st.lists(figures, max_size=12))
def test_sums_are_exact_and_types_are_never_mixed(many: list[Figures]) -> None:
    totals = total_of(many)
    assert totals.count == len(many)
    assert totals.transaction_total == sum(one.transaction_amount for one in many)
    for kind in KickbackType:
        assert totals.kickback_by_type.get(kind, 0) == sum(x.kickback_amount for x in many if x.kickback_type is kind)
    assert set(totals.kickback_by_type) == {one.kickback_type for one in many}
    assert totals.value(ONE_TO_ONE) == sum(one.kickback_amount for one in many)


@settings(max_examples=100)
@given(st.lists(figures, min_size=1, max_size=12))
def test_rates_are_exact_to_six_decimals(many: list[Figures]) -> None:
    totals = total_of(many)
    mean = Fraction(sum(one.kickback_rate_millionths for one in many), len(many))
    assert totals.average_rate_millionths() == round(mean)
    if totals.transaction_total == 0:
        assert totals.realized_rate_millionths(ONE_TO_ONE) is None
    else:
        realized = Fraction(totals.value(ONE_TO_ONE), totals.transaction_total)
        assert totals.realized_rate_millionths(ONE_TO_ONE) == round(realized * 1_000_000)


def test_nothing_has_no_rates() -> None:
    nothing = Totals()
    assert (nothing.count, nothing.transaction_total, nothing.value(ONE_TO_ONE)) == (0, 0, 0)
    assert nothing.average_rate_millionths() is None
    assert nothing.realized_rate_millionths(ONE_TO_ONE) is None


def test_two_sums_share_nothing() -> None:
    first, second = Totals(), Totals()
    first.kickback_by_type[KickbackType.POINT] = 1
    assert second.kickback_by_type == {}
