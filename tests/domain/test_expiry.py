"""How long a kickback counts: through the whole last day, in the programme's zone."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.expiry import RoundUp, Validity, rounded_up
from app.domain.lots import expiry_instant, expiry_text, is_alive
from app.domain.periods import business_date, utc_text
from tests.domain.test_business_days import ONE_MICROSECOND, ZONES

days = st.dates(date(2000, 1, 1), date(2099, 12, 31))
counted = st.builds(
    Validity,
    days=st.none() | st.integers(1, 36_500),
    months=st.none() | st.integers(1, 1200),
    round_up=st.none() | st.sampled_from(RoundUp),
)
untils = st.builds(Validity, until=days, round_up=st.none() | st.sampled_from(RoundUp))
MONTH, QUARTER, YEAR = RoundUp


@pytest.mark.parametrize(
    ("validity", "earned_on", "last_day"),
    [
        (Validity(days=7), "2022-10-01", "2022-10-08"),
        (Validity(days=180), "2023-05-01", "2023-10-28"),
        (Validity(days=1), "2024-02-28", "2024-02-29"),
        (Validity(days=1), "2023-02-28", "2023-03-01"),
        (Validity(days=1), "2023-12-31", "2024-01-01"),
        (Validity(days=365), "2023-03-01", "2024-02-29"),
        (Validity(days=366), "2024-02-29", "2025-03-01"),
        # The same day of the month, or its last.
        (Validity(months=1), "2022-10-01", "2022-11-01"),
        (Validity(months=1), "2024-01-31", "2024-02-29"),
        (Validity(months=1), "2023-01-31", "2023-02-28"),
        (Validity(months=1), "2100-01-31", "2100-02-28"),  # no leap year
        (Validity(months=1), "2024-02-29", "2024-03-29"),  # not the last day again
        (Validity(months=1), "2024-03-31", "2024-04-30"),
        (Validity(months=2), "2023-12-31", "2024-02-29"),
        (Validity(months=6), "2023-08-31", "2024-02-29"),
        (Validity(months=12), "2024-02-29", "2025-02-28"),
        (Validity(months=48), "2024-02-29", "2028-02-29"),
        (Validity(months=1200), "2000-02-29", "2100-02-28"),
        # Until a day, whenever it was earned: even after it.
        (Validity(until=date(2027, 3, 31)), "2026-01-01", "2027-03-31"),
        (Validity(until=date(2027, 3, 31)), "2027-03-31", "2027-03-31"),
        (Validity(until=date(2027, 3, 31)), "2027-04-01", "2027-03-31"),
        # On to the end of what the last day lies in.
        (Validity(days=1, round_up=MONTH), "2024-02-09", "2024-02-29"),
        (Validity(days=1, round_up=MONTH), "2024-02-28", "2024-02-29"),
        (Validity(days=1, round_up=MONTH), "2024-02-29", "2024-03-31"),
        (Validity(months=1, round_up=MONTH), "2024-01-31", "2024-02-29"),
        (Validity(months=6, round_up=QUARTER), "2024-08-31", "2025-03-31"),
        (Validity(days=180, round_up=QUARTER), "2023-05-01", "2023-12-31"),
        (Validity(months=12, round_up=YEAR), "2023-01-01", "2024-12-31"),
        (Validity(until=date(2027, 2, 10), round_up=MONTH), "2026-01-01", "2027-02-28"),
        (Validity(until=date(2027, 2, 10), round_up=YEAR), "2026-01-01", "2027-12-31"),
        # What is said more than once: a day wins over months, and months over days.
        (Validity(days=7, months=1), "2022-10-01", "2022-11-01"),
        (Validity(days=7, months=1, until=date(2022, 10, 3)), "2022-10-01", "2022-10-03"),
        # For ever, and there is no end of anything to go on to.
        (Validity(), "2022-10-01", None),
        (Validity(round_up=YEAR), "2022-10-01", None),
    ],
)
def test_the_last_day_that_counts(validity: Validity, earned_on: str, last_day: str | None) -> None:
    expected = date.fromisoformat(last_day) if last_day else None
    assert validity.last_day(date.fromisoformat(earned_on)) == expected


@pytest.mark.parametrize(
    ("day", "month", "quarter", "year"),
    [
        ("2024-01-01", "2024-01-31", "2024-03-31", "2024-12-31"),
        ("2024-02-10", "2024-02-29", "2024-03-31", "2024-12-31"),
        ("2023-02-28", "2023-02-28", "2023-03-31", "2023-12-31"),
        ("2024-03-31", "2024-03-31", "2024-03-31", "2024-12-31"),
        ("2024-04-01", "2024-04-30", "2024-06-30", "2024-12-31"),
        ("2024-06-30", "2024-06-30", "2024-06-30", "2024-12-31"),
        ("2024-07-31", "2024-07-31", "2024-09-30", "2024-12-31"),
        ("2024-09-30", "2024-09-30", "2024-09-30", "2024-12-31"),
        ("2024-10-01", "2024-10-31", "2024-12-31", "2024-12-31"),
        ("2024-12-31", "2024-12-31", "2024-12-31", "2024-12-31"),
    ],
)
def test_on_to_the_end(day: str, month: str, quarter: str, year: str) -> None:
    ends = [rounded_up(date.fromisoformat(day), one).isoformat() for one in (MONTH, QUARTER, YEAR)]
    assert ends == [month, quarter, year]


@pytest.mark.parametrize(
    ("validity", "rule"),
    [
        (Validity(days=180), "180 days"),
        (Validity(months=6, round_up=QUARTER), "6 months, to the end of the quarter"),
        (Validity(days=7, months=6), "6 months"),
        (Validity(days=7, until=date(2027, 3, 31)), "until 2027-03-31"),
        (Validity(until=date(2027, 2, 1), round_up=MONTH), "until 2027-02-01, to the end of the month"),
        (Validity(round_up=YEAR), "never"),
    ],
)
def test_the_rule_in_words(validity: Validity, rule: str) -> None:
    assert validity.rule == rule


@settings(max_examples=300)
@given(counted, days, st.integers(0, 800))
def test_what_is_earned_later_counts_as_long_or_longer(validity: Validity, earned_on: date, later: int) -> None:
    first, second = validity.last_day(earned_on), validity.last_day(earned_on + timedelta(days=later))
    if first is None or second is None:
        assert (first, second, validity.rule) == (None, None, "never")
        return
    assert first <= second
    assert earned_on < first


@settings(max_examples=200)
@given(untils, days, days)
def test_until_a_day_is_that_day_whenever_it_was_earned(validity: Validity, earned_on: date, other: date) -> None:
    assert validity.last_day(earned_on) == validity.last_day(other)
    assert validity.until is not None
    assert validity.last_day(earned_on) >= validity.until  # type: ignore[operator]  # it has one


@settings(max_examples=200)
@given(days, st.sampled_from(RoundUp))
def test_rounding_up_is_at_most_once_and_never_down(day: date, to: RoundUp) -> None:
    end = rounded_up(day, to)
    assert day <= end <= rounded_up(day, YEAR)
    assert rounded_up(end, to) == end
    after = end + timedelta(days=1)
    assert after.day == 1
    assert (after.year, after.month) > (day.year, day.month)


@pytest.mark.parametrize(
    ("expires_on", "zone", "instant"),
    [
        ("2022-10-08", "Asia/Tokyo", "2022-10-08T15:00:00"),
        ("2022-10-08", "UTC", "2022-10-09T00:00:00"),
        ("2024-02-28", "Asia/Tokyo", "2024-02-28T15:00:00"),  # the 29th is another day
        ("2023-12-31", "Asia/Tokyo", "2023-12-31T15:00:00"),
        ("2024-03-09", "America/New_York", "2024-03-10T05:00:00"),
        ("2024-03-10", "America/New_York", "2024-03-11T04:00:00"),  # after a day of 23 hours
        ("2024-11-03", "America/New_York", "2024-11-04T05:00:00"),  # after a day of 25 hours
        ("2024-03-09", "America/Havana", "2024-03-10T05:00:00"),  # there is no midnight: at 1 o'clock
        ("2024-11-02", "America/Havana", "2024-11-03T04:00:00"),  # midnight comes twice: at the first
        ("2018-11-03", "America/Sao_Paulo", "2018-11-04T03:00:00"),
        ("2024-10-05", "Australia/Lord_Howe", "2024-10-05T13:30:00"),
        ("2024-10-06", "Australia/Lord_Howe", "2024-10-06T13:00:00"),  # half an hour
        ("2023-06-30", "Asia/Kathmandu", "2023-06-30T18:15:00"),
        ("2023-06-30", "Pacific/Kiritimati", "2023-06-30T10:00:00"),
        ("2023-06-30", "Pacific/Niue", "2023-07-01T11:00:00"),
        ("2011-12-29", "Pacific/Apia", "2011-12-30T10:00:00"),  # the 30th was left out
    ],
)
def test_the_instant_at_which_it_stops_counting(expires_on: str, zone: str, instant: str) -> None:
    last, where = date.fromisoformat(expires_on), ZoneInfo(zone)
    over = datetime.fromisoformat(instant).replace(tzinfo=UTC)
    assert expiry_instant(last, where) == over
    assert expiry_text(last, where) == utc_text(over)
    assert not is_alive(last, utc_text(over), where)
    assert is_alive(last, utc_text(over - ONE_MICROSECOND), where)
    assert is_alive(None, utc_text(over), where)


@settings(max_examples=300)
@given(days, st.sampled_from(ZONES).map(ZoneInfo), st.integers(-(10**12), 10**12))
def test_it_counts_exactly_through_the_last_day(last: date, zone: ZoneInfo, microseconds: int) -> None:
    """Twelve days before and after."""
    instant = expiry_instant(last, zone) + timedelta(microseconds=microseconds)
    assert is_alive(last, utc_text(instant), zone) == (business_date(instant, zone) <= last)
