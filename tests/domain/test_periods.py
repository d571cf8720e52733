from calendar import isleap
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.periods import (
    FUTURE_TOLERANCE,
    Period,
    add_months,
    business_date,
    check_date_range,
    check_instant_range,
    last_day_of_month,
    parse_date,
    parse_instant,
    parse_month,
    parse_year,
    utc_text,
)
from tests.strategies import moments

NOW = datetime(2026, 11, 22, 3, 4, 5, tzinfo=UTC)
TOKYO = ZoneInfo("Asia/Tokyo")
FIXED_TEXTS = {
    "must be an instant, YYYY-MM-DDThh:mm:ss and an offset",
    "must be an instant that exists, with an offset",
    "must be a time of day that exists",
}
AMONG_ALL = st.dates(date(1, 1, 1), date(9998, 12, 31))


@pytest.mark.parametrize("text", ["2023-05-01", "2024-02-29", "2000-02-29", "0001-01-01", "9999-12-31"])
def test_days_that_exist(text: str) -> None:
    assert parse_date(text).isoformat() == text


@pytest.mark.parametrize(
    "text",
    [
        "2023-02-29",
        "2100-02-29",
        "2023-04-31",
        "2023-13-01",
        "2023-00-10",
        "2023-01-00",
        "0000-01-01",
        "20230501",
        "2023-W18-1",
        "2023-5-1",
        " 2023-05-01",
        "2023-05-01\n",
        "２０２３-05-01",
        "2023-05-01T00:00:00Z",
        "1769871599",
        "",
    ],
)
def test_other_texts_are_no_date(text: str) -> None:
    with pytest.raises(ValueError, match=r"^must be a (date|day that exists), YYYY-MM-DD$"):
        parse_date(text)


@pytest.mark.parametrize(
    ("text", "last"), [("2023-02", 28), ("2024-02", 29), ("2100-02", 28), ("2000-02", 29), ("2023-12", 31)]
)
def test_a_month_ends_on_its_last_day(text: str, last: int) -> None:
    period = parse_month(text)
    year, month = map(int, text.split("-"))
    assert period == Period(text, date(year, month, 1), date(year, month, last))
    assert list(period.months()) == [text]


def test_a_year_is_its_twelve_months() -> None:
    year = parse_year("2024")
    months = [parse_month(name) for name in year.months()]
    assert (year.first, year.last) == (date(2024, 1, 1), date(2024, 12, 31))
    assert (months[0].first, months[-1].last) == (year.first, year.last)
    assert all(after.first - before.last == timedelta(days=1) for before, after in pairwise(months))


@pytest.mark.parametrize(
    "text", ["2023-13", "2023-00", "2023-5", "0000-01", "2023", "2023-05-01", "２０２３-05", "2023-05\n"]
)
def test_other_texts_are_no_month(text: str) -> None:
    with pytest.raises(ValueError, match=r"^must be a month, YYYY-MM$"):
        parse_month(text)


@pytest.mark.parametrize("text", ["0000", "23", "20233", "2023-05", "２０２３", "2023\n", "-2023"])
def test_other_texts_are_no_year(text: str) -> None:
    with pytest.raises(ValueError, match=r"^must be a year, YYYY$"):
        parse_year(text)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2023-05-01T21:34:56+09:00", datetime(2023, 5, 1, 12, 34, 56, tzinfo=UTC)),
        ("2023-05-01t12:34:56z", datetime(2023, 5, 1, 12, 34, 56, tzinfo=UTC)),
        ("2023-05-01T12:34:56.5Z", datetime(2023, 5, 1, 12, 34, 56, 500_000, tzinfo=UTC)),
        ("2023-05-01T12:34:56.123456789Z", datetime(2023, 5, 1, 12, 34, 56, 123_456, tzinfo=UTC)),
        ("2023-05-01T12:34:56-00:00", datetime(2023, 5, 1, 12, 34, 56, tzinfo=UTC)),
        ("2024-02-29T23:59:59-23:59", datetime(2024, 3, 1, 23, 58, 59, tzinfo=UTC)),
    ],
)
def test_instants_with_an_offset(text: str, instant: datetime) -> None:
    assert parse_instant(text) == instant


@pytest.mark.parametrize(
    "text",
    [
        "2023-05-01T21:34:56",
        "2023-05-01",
        "2023-05-01 21:34:56Z",
        "2023-05-01T21:34Z",
        "1769871599",
        "99999999999999",
        "2023-05-01T24:00:00Z",
        "2023-05-01T23:59:60Z",
        "2016-12-31T23:59:60Z",
        "2023-05-01T25:00:00Z",
        "2023-05-01T12:60:00Z",
        "2023-05-01T12:34:61Z",
        "2023-02-29T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "2023-05-01T12:34:56+24:00",
        "2023-05-01T12:34:56+09:60",
        "2023-05-01T12:34:56-09:99",
        "2023-05-01T12:34:56+0900",
        "2023-05-01T12:34:56+09",
        "2023-05-01T12:34:56.Z",
        "2023-05-01T12:34:56.1234567890Z",
        "2023-05-01T12:34:56,5Z",
        "2023-05-01T12:34:56Z\n",
        "２０２３-05-01T12:34:56Z",
        "2023-05-01T12:34:56 Asia/Tokyo",
        "",
    ],
)
def test_other_texts_are_no_instant(text: str) -> None:
    with pytest.raises(ValueError, match=r"^must be (a|an) [a-z ]+") as raised:
        parse_instant(text)
    assert str(raised.value) in FIXED_TEXTS


@settings(max_examples=150)
@given(moments(1, 9999), st.integers(-23 * 60 - 59, 23 * 60 + 59))
def test_every_instant_is_read_as_what_it_is(moment: datetime, offset_minutes: int) -> None:
    instant = moment.replace(tzinfo=timezone(timedelta(minutes=offset_minutes)))
    assert parse_instant(instant.isoformat()) == instant


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("2000-01-01T00:00:00Z", True),
        ("1999-12-31T23:59:59.999999Z", False),
        ("2026-11-24T03:04:05Z", True),
        ("2026-11-24T03:04:05.000001Z", False),
        ("2026-11-24T12:04:05+09:00", True),
        ("0001-01-01T00:00:00+23:59", False),
        ("9999-12-31T23:59:59-23:59", False),
    ],
)
def test_instants_lie_between_2000_and_48_hours_from_now(text: str, good: bool) -> None:
    instant = parse_instant(text)
    if good:
        assert check_instant_range(instant, now=NOW) is instant
    else:
        with pytest.raises(ValueError, match=r"^must be between 2000-01-01 and 48 hours from now$"):
            check_instant_range(instant, now=NOW)


@pytest.mark.parametrize(
    ("day", "good"),
    [
        (date(2000, 1, 1), True),
        (date(1999, 12, 31), False),
        (date(2026, 11, 24), True),
        (date(2026, 11, 25), False),
        (date(1, 1, 1), False),
        (date(9999, 12, 31), False),
    ],
)
def test_days_lie_between_2000_and_48_hours_from_now(day: date, good: bool) -> None:
    if good:
        assert check_date_range(day, now=NOW, zone=TOKYO) == day
    else:
        with pytest.raises(ValueError, match=r"^must be between 2000-01-01 and two days from now$"):
            check_date_range(day, now=NOW, zone=TOKYO)


@given(
    st.integers(-14 * 60, 14 * 60),
    st.integers(-14 * 60, 14 * 60),
    st.integers(0, 24 * 60 - 1),
    st.integers(-1, 4),
)
def test_a_business_date_is_judged_in_its_own_zone(ours: int, clocks: int, minute: int, days: int) -> None:
    zone, clock = (timezone(timedelta(minutes=one)) for one in (ours, clocks))
    now = (datetime(2026, 11, 22, tzinfo=UTC) + timedelta(minutes=minute)).astimezone(clock)
    day = date(2026, 11, 22) + timedelta(days=days)
    if day <= business_date(now + FUTURE_TOLERANCE, zone):
        assert check_date_range(day, now=now, zone=zone) == day
    else:
        with pytest.raises(ValueError, match="two days"):
            check_date_range(day, now=now, zone=zone)


def test_now_is_a_day_of_the_business_zone() -> None:
    evening = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)  # the 23rd in Tokyo
    assert check_date_range(date(2026, 11, 25), now=evening, zone=TOKYO) == date(2026, 11, 25)
    with pytest.raises(ValueError, match="two days"):
        check_date_range(date(2026, 11, 25), now=evening - timedelta(seconds=1), zone=TOKYO)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2023-01-31", 1, "2023-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2096-02-29", 48, "2100-02-28"),
        ("2028-02-29", 12 * 72, "2100-02-28"),
        ("2023-12-31", 2, "2024-02-29"),
        ("2023-12-15", 1, "2024-01-15"),
        ("2023-05-31", 0, "2023-05-31"),
        ("2023-10-31", 1, "2023-11-30"),
        ("2024-03-31", -1, "2024-02-29"),
    ],
)
def test_months_later_is_the_same_day_or_the_months_last(day: str, months: int, expected: str) -> None:
    assert add_months(date.fromisoformat(day), months) == date.fromisoformat(expected)


@settings(max_examples=150)
@given(st.dates(date(2000, 1, 1), date(2200, 1, 1)), st.integers(0, 1200))
def test_months_later_lies_in_the_right_month_and_never_after_the_day(day: date, months: int) -> None:
    later = add_months(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)


@settings(max_examples=150)
@given(AMONG_ALL)
def test_a_months_last_day_is_followed_by_a_first(day: date) -> None:
    last = last_day_of_month(day)
    assert (last.year, last.month) == (day.year, day.month)
    assert last + timedelta(days=1) == date(day.year + day.month // 12, day.month % 12 + 1, 1)
    assert isleap(day.year) == (last_day_of_month(day.replace(month=2, day=1)).day == 29)


@settings(max_examples=100)
@given(st.lists(moments(2000, 2100, TOKYO), min_size=2))
def test_utc_text_sorts_as_time_does(instants: list[datetime]) -> None:
    assert sorted(map(utc_text, instants)) == [utc_text(one) for one in sorted(instants)]
    assert all(parse_instant(utc_text(one)) == one for one in instants)


@settings(max_examples=100)
@given(moments(2000, 2100, TOKYO) | moments(2000, 2100))
def test_utc_text_says_every_part_of_it(instant: datetime) -> None:
    assert utc_text(instant) == instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def test_utc_text_has_one_width() -> None:
    assert utc_text(datetime(2023, 5, 1, 21, 34, 56, tzinfo=TOKYO)) == "2023-05-01T12:34:56.000000Z"
