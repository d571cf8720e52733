from collections import Counter
from datetime import date
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.lots import Lot, add_to_lots

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
def test_the_order_of_earning_does_not_matter(many: list[Lot], random: Random) -> None:
    def fold(some: list[Lot]) -> tuple[Lot, ...]:
        lots: tuple[Lot, ...] = ()
        for one in some:
            lots = add_to_lots(lots, one)
        return lots

    shuffled = sorted(many, key=lambda _: random.random())
    assert fold(shuffled) == fold(many)
