"""Who needs more shards. 30 days have 2,592,000 seconds."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.periods import parse_month
from app.maintenance.skew import MOST_SHARDS, Assumptions, KeyLoad, KeySkew, seconds_so_far, skews, spread
from app.ports.timelines import Subject, Timeline

MONTH_SECONDS = 2_592_000
PLAIN = Assumptions(peak_factor=1, purchase_units=1, partition_units=1000)


def load(purchases: int, shards: int = 1, key: str = "GROCERY") -> KeyLoad:
    return KeyLoad(Timeline(Subject.CATEGORY, key), purchases, shards)


def only(one: KeyLoad, assumed: Assumptions, seconds: int = MONTH_SECONDS) -> KeySkew:
    (skew,) = skews([one], seconds, assumed, top=1)
    return skew


@pytest.mark.parametrize(
    ("a_second", "shards", "assumed", "units", "advice"),
    [
        (1, 1, PLAIN, 1, "fine"),
        (499, 1, PLAIN, 499, "fine"),
        (500, 1, PLAIN, 500, "raise to 2"),  # half of the limit is too much
        (500, 2, PLAIN, 250, "fine"),
        (999, 1, PLAIN, 999, "raise to 2"),
        (1000, 1, PLAIN, 1000, "raise to 4"),
        (16_000, 16, PLAIN, 1000, "raise to 64"),
        (24_000, 48, PLAIN, 500, "raise to 64"),
        (23_999, 48, PLAIN, 23_999 / 48, "fine"),  # no power of two is needed where it is fine
        (31_999, 16, PLAIN, 31_999 / 16, "raise to 64"),
        (32_000, 16, PLAIN, 2000, "needs 128, and 100 are the most"),
        (50, 1, Assumptions(10, 1, 1000), 500, "raise to 2"),
        (50, 1, Assumptions(10, 3, 1000), 1500, "raise to 4"),
        (50, 4, Assumptions(10, 3, 1000), 375, "fine"),
        (50, 1, Assumptions(10, 3, 100), 1500, "raise to 32"),
    ],
)
def test_advice(a_second: int, shards: int, assumed: Assumptions, units: float, advice: str) -> None:
    skew = only(load(a_second * MONTH_SECONDS, shards), assumed)
    assert skew.shard_units == pytest.approx(units)
    assert skew.advice == advice


def test_the_published_assumptions() -> None:
    assert Assumptions() == Assumptions(peak_factor=10, purchase_units=3, partition_units=1000)
    skew = only(load(MONTH_SECONDS, 16), Assumptions())
    assert (skew.shard_units, skew.advice) == (30 / 16, "fine")


@given(st.integers(1, 10**12), st.integers(1, MOST_SHARDS), st.integers(86_400, 31 * 86_400))
def test_what_is_advised_is_enough_and_no_more(purchases: int, shards: int, seconds: int) -> None:
    assumed = Assumptions()
    skew = only(load(purchases, shards), assumed, seconds)
    units = skew.shard_units * shards
    half = assumed.partition_units / 2
    if skew.raise_to is None:
        assert skew.shard_units < half
    else:
        assert skew.raise_to > shards
        assert units / skew.raise_to < half <= units / (skew.raise_to // 2) + 1e-9
        assert skew.raise_to.bit_count() == 1


def test_most_purchases_first_and_shares_of_all() -> None:
    loads = [load(10, key="B"), load(0, key="EMPTY"), load(60, key="C"), load(10, key="A"), load(20, key="D")]
    shown = skews(loads, MONTH_SECONDS, PLAIN, top=3)
    assert [(one.load.timeline.key, one.share) for one in shown] == [("C", 0.6), ("D", 0.2), ("A", 0.1)]
    assert skews([load(0)], MONTH_SECONDS, PLAIN, top=3) == []
    assert skews([], MONTH_SECONDS, PLAIN, top=3) == []


@pytest.mark.parametrize(
    ("zone", "now", "days"),
    [
        ("Asia/Tokyo", "2023-06-01T00:00:00", 31),
        ("Asia/Tokyo", "2024-01-01T00:00:00", 31),
        ("Asia/Tokyo", "2023-05-10T15:00:00", 10),  # it is the 11th there
        ("Asia/Tokyo", "2023-04-30T15:00:10", 1),
        ("Asia/Tokyo", "2023-04-30T10:00:00", 1),  # tomorrow's month may have purchases
        ("UTC", "2023-05-11T12:00:00", 10.5),
        ("UTC", "2023-05-01T23:59:59", 1),
    ],
)
def test_how_much_of_the_month_has_passed(zone: str, now: str, days: float) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert seconds_so_far(parse_month("2023-05"), at, ZoneInfo(zone)) == days * 86_400


def test_a_month_in_which_the_clocks_change_has_an_hour_less() -> None:
    now = datetime(2024, 1, 1, tzinfo=UTC)
    assert seconds_so_far(parse_month("2023-03"), now, ZoneInfo("Europe/Berlin")) == 31 * 86_400 - 3600


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [([5, 5, 5, 5], 1), ([20, 0, 0, 0], 4), ([6, 2], 1.5), ([7], 1), ([0, 0], None), ([], None)],
)
def test_spread(sizes: list[int], expected: float | None) -> None:
    assert spread(sizes) == expected
