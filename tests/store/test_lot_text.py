from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.lots import DEFICIT, Allocation, Lot
from app.store.lot_text import allocations_of_text, allocations_text, lots_of_text, lots_text

DAY = date(2023, 10, 28)
sources = st.sampled_from(["PURCHASE", "ADJUSTMENT", "BENEFIT:sign-up", "BENEFIT:a.b_c:d", "BENEFIT:NEVER"])
days = st.none() | st.dates(date(2000, 1, 1), date(2100, 12, 31))
lots = st.builds(
    lambda source, day, remaining, more: Lot(source, day, remaining + more, remaining),
    sources,
    days,
    st.integers(1, 10**15),
    st.sampled_from([0, 0, 1, 10**6]),
)
allocations = st.builds(Allocation, sources, days, st.integers(-(10**15), 10**15)) | st.builds(
    Allocation, st.just(DEFICIT), st.none(), st.integers(-(10**15), 10**15)
)


def test_the_text_of_known_lots_never_changes() -> None:
    """Stored entries are read by it for ever."""
    many = (
        Lot("PURCHASE", DAY, 50, 50),
        Lot("PURCHASE", DAY + timedelta(days=1), 45, 30),
        Lot("PURCHASE", DAY + timedelta(days=4), 20, 20),
        Lot("BENEFIT:signup", None, 100, 100),
    )
    assert lots_text(many) == "PURCHASE@2023-10-28:50,+1:30/45,+3:20,BENEFIT:signup@NEVER:100"
    assert lots_of_text(lots_text(many)) == many
    parts = (
        Allocation(DEFICIT, None, 4),
        Allocation("PURCHASE", DAY, -1),
        Allocation("PURCHASE", date(2023, 10, 1), 0),
    )
    assert allocations_text(parts) == "DEFICIT:4,PURCHASE@2023-10-28:-1,-27:0"
    assert allocations_of_text(allocations_text(parts)) == parts
    assert (lots_text(()), lots_of_text(""), allocations_of_text("")) == ("", (), ())


@settings(max_examples=200)
@given(st.lists(lots, max_size=12))
def test_lots_are_read_back(many: list[Lot]) -> None:
    assert lots_of_text(lots_text(many)) == tuple(many)


@settings(max_examples=200)
@given(st.lists(allocations, max_size=12))
def test_allocations_are_read_back(many: list[Allocation]) -> None:
    assert allocations_of_text(allocations_text(many)) == tuple(many)


@settings(max_examples=100)
@given(st.lists(lots, max_size=8), st.lists(lots, max_size=8))
def test_different_lots_have_different_texts(some: list[Lot], others: list[Lot]) -> None:
    assert (lots_text(some) == lots_text(others)) == (some == others)


@pytest.mark.parametrize(("count", "most"), [(40, 400), (400, 4000)])
def test_a_lot_a_day_takes_ten_bytes(count: int, most: int) -> None:
    many = [Lot("PURCHASE", DAY + timedelta(days=day), 9999, 9999) for day in range(count)]
    assert len(lots_text(many)) <= most + len("PURCHASE@2023-10-28:")


@pytest.mark.parametrize(
    "text", ["+1:5", "PURCHASE@2023-13-01:5", "PURCHASE@2023-10-28:x", "nonsense", "A@NEVER:1,+1:2"]
)
def test_what_is_no_text_of_lots_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        lots_of_text(text)
