"""Which day it is, in zones that change their clocks: every instant belongs to exactly one day, and days tile time."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.periods import business_date, last_day_of_month, start_of_day
from tests.strategies import moments

# Switches at 2:00, at midnight forwards and backwards, by half an hour; none at all; and quarter-hour offsets.
ZONES = [
    "Asia/Tokyo",
    "UTC",
    "America/New_York",
    "America/Havana",
    "America/Sao_Paulo",
    "Asia/Beirut",
    "Africa/Cairo",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Kiritimati",
    "Pacific/Niue",
]
ONE_MICROSECOND = timedelta(microseconds=1)
zones = st.sampled_from(ZONES).map(ZoneInfo)
days = st.dates(date(2000, 1, 1), date(2099, 12, 30))


@pytest.mark.parametrize(
    ("instant", "zone", "day"),
    [
        ("2026-01-31T15:00:00Z", "Asia/Tokyo", "2026-02-01"),
        ("2026-01-31T14:59:59.999999Z", "Asia/Tokyo", "2026-01-31"),
        ("2026-01-31T15:00:00Z", "UTC", "2026-01-31"),
        ("2024-03-10T04:59:59Z", "America/New_York", "2024-03-09"),
        ("2024-03-10T05:00:00Z", "America/New_York", "2024-03-10"),
        ("2024-03-11T03:59:59Z", "America/New_York", "2024-03-10"),  # a day of 23 hours
        ("2024-03-11T04:00:00Z", "America/New_York", "2024-03-11"),
        ("2024-11-04T04:59:59Z", "America/New_York", "2024-11-03"),  # a day of 25 hours
        ("2024-11-04T05:00:00Z", "America/New_York", "2024-11-04"),
    ],
)
def test_the_day_is_that_of_the_zone(instant: str, zone: str, day: str) -> None:
    assert business_date(datetime.fromisoformat(instant), ZoneInfo(zone)) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("day", "zone", "hours"),
    [
        ("2024-03-10", "America/New_York", 23),
        ("2024-11-03", "America/New_York", 25),
        ("2024-03-09", "America/New_York", 24),
        ("2024-03-10", "America/Havana", 23),  # midnight itself does not exist
        ("2024-11-03", "America/Havana", 25),  # midnight comes twice
        ("2018-11-04", "America/Sao_Paulo", 23),
        ("2018-02-17", "America/Sao_Paulo", 25),  # the last hour comes twice
        ("2024-04-07", "Australia/Lord_Howe", 24.5),
        ("2011-12-30", "Pacific/Apia", 0),  # the day that was left out
        ("2024-02-29", "Asia/Tokyo", 24),
    ],
)
def test_the_length_of_a_day(day: str, zone: str, hours: float) -> None:
    first = date.fromisoformat(day)
    length = start_of_day(first + timedelta(days=1), ZoneInfo(zone)) - start_of_day(first, ZoneInfo(zone))
    assert length == timedelta(hours=hours)


@settings(max_examples=300)
@given(moments(2000, 2099), zones)
def test_every_instant_belongs_to_exactly_one_day(instant: datetime, zone: ZoneInfo) -> None:
    day = business_date(instant, zone)
    assert start_of_day(day, zone) <= instant < start_of_day(day + timedelta(days=1), zone)


@settings(max_examples=200)
@given(days, zones)
def test_a_day_begins_where_the_day_before_ends(day: date, zone: ZoneInfo) -> None:
    start = start_of_day(day, zone)
    assert start.tzinfo is UTC
    assert business_date(start, zone) == day
    assert business_date(start - ONE_MICROSECOND, zone) == day - timedelta(days=1)


@settings(max_examples=100)
@given(days, zones)
def test_months_tile(day: date, zone: ZoneInfo) -> None:
    next_month = start_of_day(last_day_of_month(day) + timedelta(days=1), zone)
    assert business_date(next_month, zone).day == 1
    assert business_date(next_month - ONE_MICROSECOND, zone) == last_day_of_month(day)


@pytest.mark.parametrize("zone", ZONES)
def test_no_day_of_three_years_is_missing_or_doubled(zone: str) -> None:
    where = ZoneInfo(zone)
    first = date(2023, 1, 1)
    starts = [start_of_day(first + timedelta(days=count), where) for count in range(3 * 365 + 2)]
    assert [business_date(start, where) for start in starts] == [
        first + timedelta(days=count) for count in range(3 * 365 + 2)
    ]
    assert all(timedelta(hours=22) < after - before < timedelta(hours=26) for before, after in pairwise(starts))
