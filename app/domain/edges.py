"""A range of days as the whole months in it and the days at its edges, so that a year is a few rows and not 366."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from app.domain.periods import last_day_of_month


@dataclass(frozen=True, slots=True)
class Cover:
    """Months ('2023-05') and days ('2023-06-01'), each in order, that make up a range without overlap."""

    months: tuple[str, ...]
    days: tuple[str, ...]


@lru_cache(maxsize=1024)
def cover_of(first: date, last: date) -> Cover:
    """Every month that lies in the range whole, and the other days; both ends are included.

    Less than a month of days at each edge: a year (365 days) is at most 42 rows, no range of 366 days or less more
    than 70, and they lie in at most two years and two months.
    """
    months: list[str] = []
    days: list[str] = []
    for number in range(_month_number(first), _month_number(last) + 1):
        begin = date(number // 12, number % 12 + 1, 1)
        end = last_day_of_month(begin)
        if first <= begin and end <= last:
            months.append(begin.isoformat()[:7])
        else:
            start, stop = max(first, begin), min(last, end)
            days += [(start + timedelta(days=day)).isoformat() for day in range((stop - start).days + 1)]
    return Cover(tuple(months), tuple(days))


def _month_number(day: date) -> int:
    return day.year * 12 + day.month - 1
