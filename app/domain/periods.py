"""Business dates, months and years. A date belongs to the programme's time zone, an instant to the world."""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache

EARLIEST = date(2000, 1, 1)
# A till's clock may be ahead, and it is tomorrow first in the east.
FUTURE_TOLERANCE = timedelta(hours=48)

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_YEAR = re.compile(r"[0-9]{4}")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-5][0-9])"
)


@dataclass(frozen=True, slots=True)
class DateRange:
    """Both days included; None is open."""

    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """A calendar month ('2023-05') or year ('2023'), and its first and last day."""

    name: str
    first: date
    last: date

    def months(self) -> Iterator[str]:
        """The months it is made of: '2023-01' ... '2023-12' of a year, itself of a month."""
        if len(self.name) == 7:
            yield self.name
        else:
            yield from (f"{self.name}-{month:02d}" for month in range(1, 13))


def parse_date(text: str) -> date:
    """'2023-05-01'. Raises ValueError with a fixed text."""
    if not _DATE.fullmatch(text):
        raise ValueError("must be a date, YYYY-MM-DD")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("must be a day that exists, YYYY-MM-DD") from None


def parse_month(text: str) -> Period:
    """'2023-05'. Raises ValueError with a fixed text."""
    if not _MONTH.fullmatch(text) or text[:4] == "0000":
        raise ValueError("must be a month, YYYY-MM")
    first = date.fromisoformat(f"{text}-01")
    return Period(text, first, last_day_of_month(first))


def parse_year(text: str) -> Period:
    """'2023'. Raises ValueError with a fixed text."""
    if not _YEAR.fullmatch(text) or text == "0000":
        raise ValueError("must be a year, YYYY")
    return Period(text, date(int(text), 1, 1), date(int(text), 12, 31))


def parse_instant(text: str) -> datetime:
    """RFC 3339 with an offset, as an instant. Raises ValueError with a fixed text."""
    if not _INSTANT.fullmatch(text):
        raise ValueError("must be an instant, YYYY-MM-DDThh:mm:ss and an offset")
    if text[17:19] == "60" or text[11:13] == "24":
        raise ValueError("must be a time of day that exists")
    try:
        return datetime.fromisoformat(text.upper())
    except ValueError:
        raise ValueError("must be an instant that exists, with an offset") from None


def check_instant_range(instant: datetime, *, now: datetime) -> datetime:
    """Returns the instant. Raises ValueError unless it lies between 2000 and 48 hours from now.

    To be asked before any zone arithmetic: near the years 1 and 9999 that overflows.
    """
    if not 2000 <= instant.year <= now.year + 1 or not _floor(instant) <= instant <= now + FUTURE_TOLERANCE:
        raise ValueError("must be between 2000-01-01 and 48 hours from now")
    return instant


def check_date_range(day: date, *, now: datetime, zone: tzinfo) -> date:
    """Returns the business date. Raises ValueError unless it lies between 2000 and 48 hours from now."""
    if EARLIEST <= day <= now.date():
        return day  # as nearly always: no zone is so far from another that it would be too late there
    if not EARLIEST <= day <= business_date(now + FUTURE_TOLERANCE, zone):
        raise ValueError("must be between 2000-01-01 and two days from now")
    return day


def _floor(instant: datetime) -> datetime:
    return datetime(EARLIEST.year, EARLIEST.month, EARLIEST.day, tzinfo=instant.tzinfo)


def business_date(instant: datetime, zone: tzinfo) -> date:
    """The day it is in the business time zone: 2026-01-31T15:00:00Z is 1 February in Tokyo."""
    return instant.astimezone(zone).date()


@lru_cache(maxsize=4096)
def start_of_day(day: date, zone: tzinfo) -> datetime:
    """The first instant of a business day, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def last_day_of_month(day: date) -> date:
    """2024-02-10 -> 2024-02-29."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day.

    31 January + 1 -> 28 or 29 February; 29 February + 12 -> 28 February.
    """
    years, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + years, month + 1, 1)
    return first.replace(day=min(day.day, last_day_of_month(first).day))


def utc_text(instant: datetime) -> str:
    """Fixed width, so that text order is time order: '2023-05-01T12:34:56.000000Z'."""
    if instant.tzinfo is not UTC:
        instant = instant.astimezone(UTC)
    return instant.isoformat("T", "microseconds")[:-6] + "Z"  # for +00:00


def check_utc_text(value: str) -> str:
    """Returns an instant as `utc_text` writes it. Raises ValueError for anything else."""
    if utc_text(datetime.fromisoformat(value)) != value:
        raise ValueError("not an instant in UTC with microseconds")
    return value
