from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.ranges import LONGEST_DAYS, bounded_range, check_order

TODAY = date(2026, 11, 22)
ends = st.none() | st.dates()


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2023-05-01", "2023-05-01", ("2023-05-01", "2023-05-01")),
        ("2024-01-01", "2024-12-31", ("2024-01-01", "2024-12-31")),  # 366 days
        (None, None, ("2025-11-22", "2026-11-22")),
        (None, "2024-12-31", ("2024-01-01", "2024-12-31")),
        ("2026-11-01", None, ("2026-11-01", "2026-11-22")),
        ("2024-01-01", None, ("2024-01-01", "2024-12-31")),
        ("2030-01-01", None, ("2030-01-01", "2030-01-01")),  # begins after today
        (None, "0001-06-01", ("0001-01-01", "0001-06-01")),
        ("9999-12-01", None, ("9999-12-01", "9999-12-01")),
    ],
)
def test_open_ends_are_filled_in(first: str | None, last: str | None, expected: tuple[str, str]) -> None:
    assert bounded_range(day(first), day(last), today=TODAY) == tuple(map(date.fromisoformat, expected))


def test_today_may_be_the_last_of_all_days() -> None:
    assert bounded_range(date(9999, 12, 1), None, today=date.max) == (date(9999, 12, 1), date.max)


def test_366_days_are_the_most() -> None:
    with pytest.raises(ValueError, match=r"^must be at most 366 days before `to`$"):
        bounded_range(date(2023, 12, 31), date(2024, 12, 31), today=TODAY)


@settings(max_examples=200)
@given(ends, ends, st.dates())
def test_a_range_keeps_what_was_given_and_its_bound(first: date | None, last: date | None, today: date) -> None:
    if first is not None and last is not None and not timedelta() <= last - first < timedelta(days=LONGEST_DAYS):
        reason = "must not be after `to`" if first > last else "must be at most 366 days before `to`"
        with pytest.raises(ValueError, match=f"^{reason}$"):
            bounded_range(first, last, today=today)
        return
    begin, end = bounded_range(first, last, today=today)
    assert begin <= end
    assert end - begin < timedelta(days=LONGEST_DAYS)
    assert first in (None, begin)
    assert last in (None, end)


@settings(max_examples=100)
@given(ends, ends)
def test_a_range_does_not_end_before_it_begins(first: date | None, last: date | None) -> None:
    if first is not None and last is not None and first > last:
        with pytest.raises(ValueError, match=r"^must not be after `to`$"):
            check_order(first, last)
    else:
        check_order(first, last)
