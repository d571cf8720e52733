from dataclasses import replace

import pytest

from app.domain.bookings import HOUR, MONTH, SECOND, booking_of, is_sound, posting_key
from app.domain.journal import Posting
from app.domain.view_rows import Counted, ViewRow
from tests.domain.passbooks import earning, passbook

(ENTRY,) = passbook([earning(50)])


def test_a_booking_is_what_the_entry_books() -> None:
    booking = booking_of(ENTRY)
    assert booking.entry_id == "user123#POINT#1"
    assert (booking.created_at, booking.effective_at) == (ENTRY.recorded_at, ENTRY.effective_at)
    assert booking.postings == ENTRY.postings
    assert is_sound(booking)


@pytest.mark.parametrize(
    ("span", "period", "key"),
    [
        (MONTH, "2023-05", "2110"),
        (HOUR, "2023-05-01T12", "2110"),
        (SECOND, "2023-05-01T12:34:56", "000250#2110"),
    ],
)
def test_spans_and_their_keys(span: int, period: str, key: str) -> None:
    at = "2023-05-01T12:34:56.000250Z"
    assert at[:span] == period
    assert posting_key(at, "2110", span) == key


@pytest.mark.parametrize("text", ["", "2023-05-01", "2023-05-01T12:34:56Z", "2023-05-01T12:34:56.000000+09:00"])
def test_an_instant_that_is_none_has_no_place(text: str) -> None:
    assert not is_sound(booking_of(replace(ENTRY, effective_at=text)))


def test_an_account_that_nobody_knows_has_no_place() -> None:
    assert not is_sound(booking_of(replace(ENTRY, postings=(*ENTRY.postings, Posting("9999", 1, 0)))))


def test_a_copy_of_a_row_has_sums_of_its_own() -> None:
    row = ViewRow()
    row.add(booking_of(ENTRY), Counted(span=MONTH))
    copy = row.copy()
    copy.add(booking_of(ENTRY), Counted(span=MONTH))
    assert (row.postings, copy.postings) == (
        {"5110": (50, 0), "2110": (0, 50)},
        {"5110": (100, 0), "2110": (0, 100)},
    )
