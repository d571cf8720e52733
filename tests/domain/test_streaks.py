import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.streaks import Run, StreakUnit, consecutive, period_number, period_text, runs_of, streaks_of
from tests.strategies import days


def test_coins_in_a_row() -> None:
    """The running count starts again with every other side."""
    tosses = "HHTHHHTTHT"
    assert list(consecutive(tosses)) == [1, 2, 1, 1, 2, 3, 1, 2, 1, 1]
    assert list(consecutive([])) == []


@given(st.lists(st.sampled_from("HT"), max_size=30))
def test_each_count_is_one_more_or_starts_again(tosses: list[str]) -> None:
    counts = list(consecutive(tosses))
    assert len(counts) == len(tosses)
    for place, count in enumerate(counts):
        assert len(set(tosses[place - count + 1 : place + 1])) == 1
        assert count == place + 1 or tosses[place - count] != tosses[place]


@pytest.mark.parametrize(
    ("numbers", "at", "current", "longest"),
    [
        ([], 10, None, None),
        ([10], 10, Run(10, 10), Run(10, 10)),
        ([9], 10, Run(9, 9), Run(9, 9)),  # still current the day after
        ([8], 10, None, Run(8, 8)),  # and no longer
        ([11], 10, None, None),  # not yet
        ([9, 10, 11], 10, Run(9, 10), Run(9, 10)),
        ([1, 2, 3, 9, 10], 10, Run(9, 10), Run(1, 3)),
        ([1, 2, 9, 10], 10, Run(9, 10), Run(9, 10)),  # of equal ones the latest
        ([10, 9, 9, 8, 10], 10, Run(8, 10), Run(8, 10)),  # in no order, and more than once
        ([1, 3, 5], 6, Run(5, 5), Run(5, 5)),
    ],
)
def test_streaks(numbers: list[int], at: int, current: Run | None, longest: Run | None) -> None:
    found = streaks_of(numbers, at=at)
    assert (found.current, found.longest) == (current, longest)
    assert found.periods == len({one for one in numbers if one <= at})


@given(st.lists(st.integers(0, 40)), st.integers(-2, 45))
def test_streaks_are_what_trying_every_run_finds(numbers: list[int], at: int) -> None:
    there = {one for one in numbers if one <= at}
    every = [
        (last - first + 1, last)
        for first in there
        for last in there
        if first <= last and all(one in there for one in range(first, last + 1))
    ]
    found = streaks_of(numbers, at=at)
    best = max(every, default=None)
    assert (None if found.longest is None else (found.longest.length, found.longest.last)) == best
    ends = max((run for run in every if run[1] in (at - 1, at)), key=lambda run: (run[1], run[0]), default=None)
    assert (None if found.current is None else (found.current.length, found.current.last)) == ends


@given(st.sets(st.integers(-50, 50)))
def test_runs_are_whole_and_apart(numbers: set[int]) -> None:
    runs = runs_of(numbers)
    assert [one for run in runs for one in range(run.first, run.last + 1)] == sorted(numbers)
    assert all(after.first - before.last > 1 for before, after in itertools.pairwise(runs))


@given(days)
def test_days_and_months_follow_each_other(day: date) -> None:
    number = period_number(StreakUnit.DAY, day)
    assert period_text(StreakUnit.DAY, number) == day.isoformat()
    assert period_number(StreakUnit.DAY, day + timedelta(days=1)) == number + 1
    month = period_number(StreakUnit.MONTH, day)
    assert period_text(StreakUnit.MONTH, month) == day.isoformat()[:7]
    following = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    assert period_number(StreakUnit.MONTH, following) == month + 1
