"""Flat or linear: the rules, as tables."""

from collections.abc import Sequence

import pytest

from bench.growth.series import Point, Series
from bench.growth.verdicts import Expected, Flat, line_through, verdict_on


@pytest.mark.parametrize(
    ("costs", "rise", "fall", "holds"),
    [
        ([1.0, 1.0, 1.0], 1.0, 1.0, True),
        ([1.0, 1.1, 1.19], 1.19, 1.19 / 1.1, True),
        ([1.0, 1.1, 1.21], 1.21, 1.1, False),
        ([1.3, 1.0, 1.3], 1.3, 1 / 1.3, False),  # also when the first was dear
        ([2.0, 1.5, 1.0], 0.75, 0.5, True),  # what falls does not grow
    ],
)
def test_flat_is_what_does_not_rise(costs: Sequence[float], rise: float, fall: float, holds: bool) -> None:
    verdict = verdict_on(Expected.FLAT, list(range(1, len(costs) + 1)), costs)

    assert isinstance(verdict, Flat)
    assert verdict.rise == pytest.approx(rise)
    assert verdict.fall == pytest.approx(fall)
    assert verdict.holds is holds
    assert ("NOT" in str(verdict)) is not holds


@pytest.mark.parametrize(("base", "each"), [(0.5, 0.01), (2.0, 0.0), (0.1, 3.0), (5.0, -0.01)])
def test_a_line_is_found_again(base: float, each: float) -> None:
    sizes = [1, 10, 50, 100, 200]

    line = line_through(sizes, [base + each * n for n in sizes])

    assert line.base == pytest.approx(base)
    assert line.each == pytest.approx(each, abs=1e-9)
    assert line.deviation == pytest.approx(0, abs=1e-9)
    assert line.holds


@pytest.mark.parametrize(
    ("costs", "holds"),
    [
        ([1.0, 1.05, 1.3, 1.6, 2.0], True),  # about 1 + 0.005 n
        ([1.0, 1.1, 3.5, 11.0, 41.0], False),  # 1 + 0.001 n^2
        ([1.0, 2.0, 4.0, 4.0, 4.0], False),  # it stops growing
    ],
)
def test_what_bends_is_no_line(costs: Sequence[float], holds: bool) -> None:
    verdict = verdict_on(Expected.LINEAR, [1, 10, 50, 100, 200], costs)

    assert verdict.holds is holds
    assert ("NOT" in str(verdict)) is not holds


def test_the_worst_point_is_told_as_a_part_of_itself() -> None:
    """Between two sizes of equal weight nothing is off; a third one in the middle, twice too dear, is."""
    assert line_through([1, 3], [1.0, 3.0]).deviation == pytest.approx(0)
    assert line_through([1, 2, 3], [1.0, 4.0, 3.0]).deviation > 0.3


def test_small_sizes_count_as_much_as_large_ones() -> None:
    """The line through the absolute costs would be off by more than half at the smallest."""
    assert line_through([1, 1_000, 2_000], [1.0, 12.0, 20.0]).deviation < 0.12


def test_what_cannot_be_measured_has_no_verdict() -> None:
    assert Series("work", "purchases", Expected.FLAT, [_point(1, 1.0), _point(2, None)]).verdict() is None
    assert Series("work", "purchases", Expected.FLAT, [_point(1, 1.0), _point(2, 1.5)]).verdict() == Flat(1.5, 1.5)


def _point(n: int, cpu_ms: float | None) -> Point:
    return Point(n, 10, 5.0, cpu_ms, [], 1.0, 0.0, 1.0, 2.0)
