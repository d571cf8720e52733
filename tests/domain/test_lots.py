from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.lots import (
    DEFICIT,
    Allocation,
    Lot,
    add_to_lots,
    expiry_text,
    give_back,
    is_alive,
    lot_id,
    take,
    total,
)
from app.domain.periods import utc_text

DAY = date(2023, 10, 28)
earned = st.builds(
    lambda source, expires_on, amount: Lot(source, expires_on, amount, amount),
    st.sampled_from(["PURCHASE", "CAMPAIGN"]),
    st.none() | st.dates(DAY, date(2023, 11, 2)),
    st.integers(1, 10**12),
)


def test_a_lot_is_named_for_its_source_and_last_day() -> None:
    assert Lot("PURCHASE", DAY, 50, 50).lot_id == "PURCHASE:2023-10-28"
    assert Lot("PURCHASE", None, 50, 50).lot_id == "PURCHASE:NEVER"


def test_what_expires_soonest_is_used_first_and_what_never_does_last() -> None:
    never, later, sooner = Lot("A", None, 1, 1), Lot("A", date(2024, 1, 1), 2, 2), Lot("B", DAY, 3, 3)
    lots = add_to_lots(add_to_lots(add_to_lots((), never), later), sooner)
    assert lots == (sooner, later, never)


def test_the_same_source_and_day_is_one_lot_and_keeps_what_was_used() -> None:
    used = Lot("PURCHASE", DAY, 100, 30)
    assert add_to_lots((used,), Lot("PURCHASE", DAY, 50, 50)) == (Lot("PURCHASE", DAY, 150, 80),)
    assert used == Lot("PURCHASE", DAY, 100, 30)


@settings(max_examples=150)
@given(st.lists(earned, max_size=20))
def test_merging_loses_and_invents_nothing(many: list[Lot]) -> None:
    lots: tuple[Lot, ...] = ()
    sums: Counter[str] = Counter()
    for one in many:
        lots = add_to_lots(lots, one)
        sums[one.lot_id] += one.earned
    assert {lot.lot_id: lot.remaining for lot in lots} == sums
    assert {lot.lot_id: lot.earned for lot in lots} == sums
    assert len({lot.lot_id for lot in lots}) == len(lots)
    assert [lot.expires_on or date.max for lot in lots] == sorted(lot.expires_on or date.max for lot in lots)


@settings(max_examples=100)
@given(st.lists(earned, max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_earning_matters_only_within_a_last_day(many: list[Lot], random: Random) -> None:
    shuffled = sorted(many, key=lambda _: random.random())
    lots, others = folded(many), folded(shuffled)
    assert set(lots) == set(others)
    assert [lot.expires_on for lot in lots] == [lot.expires_on for lot in others]
    opened = list(dict.fromkeys((one.source, one.expires_on) for one in many))
    keys = [(lot.source, lot.expires_on) for lot in lots]
    assert keys == sorted(opened, key=lambda one: one[1] or date.max)


def folded(many: Iterable[Lot]) -> tuple[Lot, ...]:
    lots: tuple[Lot, ...] = ()
    for one in many:
        lots = add_to_lots(lots, one)
    return lots


@pytest.mark.parametrize(
    ("amount", "left", "taken"),
    [
        (0, [("A", 3), ("B", 4), ("C", 5)], []),
        (2, [("A", 1), ("B", 4), ("C", 5)], [("A", -2)]),
        (3, [("B", 4), ("C", 5)], [("A", -3)]),
        (8, [("C", 4)], [("A", -3), ("B", -4), ("C", -1)]),
        (12, [], [("A", -3), ("B", -4), ("C", -5)]),
        (20, [], [("A", -3), ("B", -4), ("C", -5)]),
    ],
)
def test_taking_empties_one_lot_after_the_other(
    amount: int, left: list[tuple[str, int]], taken: list[tuple[str, int]]
) -> None:
    lots = [Lot("A", DAY, 9, 3), Lot("B", DAY, 4, 4), Lot("C", None, 5, 5)]
    rest, allocations = take(lots, amount)
    assert [(lot.source, lot.remaining) for lot in rest] == left
    assert [(one.source, one.amount) for one in allocations] == taken
    assert all(lot.earned == {"A": 9, "B": 4, "C": 5}[lot.source] for lot in rest)


@settings(max_examples=100)
@given(st.lists(earned, max_size=6), st.integers(0, 10**12))
def test_what_is_taken_and_given_back_is_there_again(many: list[Lot], amount: int) -> None:
    lots = folded(many)
    left, taken = take(lots, amount)
    assert total(left) + min(amount, total(lots)) == total(lots)
    for one in reversed(taken):
        left = give_back(left, one.source, one.expires_on, -one.amount)
    assert {lot.lot_id: lot.remaining for lot in left} == {lot.lot_id: lot.remaining for lot in lots}
    assert [lot.expires_on for lot in left] == [lot.expires_on for lot in lots]


def test_what_is_given_back_keeps_what_a_lot_that_is_open_had_earned() -> None:
    lots = (Lot("A", DAY, 10, 3), Lot("B", None, 5, 5))
    assert give_back(lots, "A", DAY, 7) == (Lot("A", DAY, 10, 10), lots[1])
    assert give_back(lots, "A", DAY, 8) == (Lot("A", DAY, 11, 11), lots[1])
    assert give_back(lots, "C", DAY, 8) == (lots[0], Lot("C", DAY, 8, 8), lots[1])


@pytest.mark.parametrize(
    ("zone", "instant"),
    [
        ("Asia/Tokyo", "2023-10-28T15:00:00.000000Z"),
        ("UTC", "2023-10-29T00:00:00.000000Z"),
        ("America/New_York", "2023-10-29T04:00:00.000000Z"),
        ("Europe/Berlin", "2023-10-28T22:00:00.000000Z"),  # the day the clocks go back
    ],
)
def test_a_lot_counts_through_its_whole_last_day(zone: str, instant: str) -> None:
    where = ZoneInfo(zone)
    before = utc_text(datetime.fromisoformat(instant) - timedelta(microseconds=1))
    assert expiry_text(DAY, where) == instant
    assert is_alive(DAY, before, where)
    assert not is_alive(DAY, instant, where)
    assert is_alive(None, "9999-12-31T23:59:59.999999Z", where)


def test_what_is_owed_is_a_place_of_its_own() -> None:
    assert lot_id(DEFICIT, None) == DEFICIT
    assert Allocation(DEFICIT, None, -5).lot_id == DEFICIT
    assert Allocation("PURCHASE", DAY, -5).lot_id == "PURCHASE:2023-10-28"
