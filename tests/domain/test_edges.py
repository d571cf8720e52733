from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.edges import Cover, cover_of


def days_of(cover: Cover) -> list[str]:
    """Every day that is covered, one entry for each time."""
    found = list(cover.days)
    for month in cover.months:
        day = date.fromisoformat(f"{month}-01")
        while day.isoformat()[:7] == month:
            found.append(day.isoformat())
            if day == date.max:
                break
            day += timedelta(days=1)
    return sorted(found)


@pytest.mark.parametrize(
    ("first", "last", "months", "days"),
    [
        ("2023-05-01", "2023-05-31", ["2023-05"], []),
        ("2023-05-02", "2023-05-03", [], ["2023-05-02", "2023-05-03"]),
        ("2023-04-30", "2023-06-01", ["2023-05"], ["2023-04-30", "2023-06-01"]),
        ("2024-02-01", "2024-02-29", ["2024-02"], []),
        ("2024-02-01", "2024-02-02", [], ["2024-02-01", "2024-02-02"]),
        ("2022-12-01", "2023-01-31", ["2022-12", "2023-01"], []),
        ("9999-12-01", "9999-12-31", ["9999-12"], []),
        ("0001-01-01", "0001-01-01", [], ["0001-01-01"]),
    ],
)
def test_whole_months_and_edge_days(first: str, last: str, months: list[str], days: list[str]) -> None:
    assert cover_of(date.fromisoformat(first), date.fromisoformat(last)) == Cover(tuple(months), tuple(days))


@settings(max_examples=300)
@given(st.dates(), st.integers(0, 800))
def test_every_day_of_a_range_is_covered_once_and_no_other(first: date, span: int) -> None:
    last = first + timedelta(days=min(span, (date.max - first).days))
    cover = cover_of(first, last)
    assert days_of(cover) == [(first + timedelta(days=n)).isoformat() for n in range((last - first).days + 1)]
    assert list(cover.months) == sorted(cover.months)
    assert list(cover.days) == sorted(cover.days)


@settings(max_examples=300)
@given(st.dates(), st.integers(0, 365))
def test_a_month_that_lies_in_the_range_is_never_read_by_days(first: date, span: int) -> None:
    last = first + timedelta(days=min(span, (date.max - first).days))
    by_month: dict[str, int] = {}
    for day in cover_of(first, last).days:
        by_month[day[:7]] = by_month.get(day[:7], 0) + 1
    for month, count in by_month.items():
        assert count < len(days_of(Cover((month,), ())))
    assert len(by_month) <= 2


def test_how_many_rows_a_range_needs() -> None:
    """All ranges of up to 366 days that begin in eight years with two leap years among them."""
    most = dict.fromkeys(range(1, 367), 0)
    for start in range(date(2019, 1, 1).toordinal(), date(2027, 1, 1).toordinal()):
        first = date.fromordinal(start)
        for span in (1, 31, 89, 334, 363, 364, 365, 366):
            cover = cover_of(first, first + timedelta(days=span - 1))
            most[span] = max(most[span], len(cover.months) + len(cover.days))
    assert most[365] == 42
    assert most[366] == 43
    assert max(most.values()) == 70


def test_a_year_from_the_first_of_a_month_is_twelve_rows() -> None:
    for first, last in pairwise([date(year, month, 1) for month in range(1, 13) for year in (2023, 2024)]):
        if first.month == last.month:
            cover = cover_of(first, last - timedelta(days=1))
            assert (len(cover.months), cover.days) == (12, ())
