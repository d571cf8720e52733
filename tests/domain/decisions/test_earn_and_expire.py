from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given

from app.domain.decisions.earn import Earning, decide_earn, entry_of_earning
from app.domain.decisions.expire import decide_expire
from app.domain.journal import EntryKind
from app.domain.ledger import LedgerEntry
from app.domain.lots import Lot
from tests.domain.decisions.books import at, holding, left, moment, on, places
from tests.domain.passbooks import AT, earning, earnings, passbook, tip_of


def owing(amount: int) -> LedgerEntry:
    head = holding(("PURCHASE", on(30), 1))
    return replace(head, lots=(), balance=-amount, deficit=amount)


@pytest.mark.parametrize(
    ("owed", "earned", "parts", "lots", "balance"),
    [
        (0, 5, [("PURCHASE:2026-05-30", 5)], [("PURCHASE:2026-05-30", 5)], 5),
        (3, 5, [("DEFICIT", 3), ("PURCHASE:2026-05-30", 2)], [("PURCHASE:2026-05-30", 2)], 2),
        (5, 5, [("DEFICIT", 5), ("PURCHASE:2026-05-30", 0)], [], 0),
        (9, 5, [("DEFICIT", 5), ("PURCHASE:2026-05-30", 0)], [], -4),
    ],
)
def test_what_is_owed_is_settled_first(
    owed: int, earned: int, parts: list[tuple[str, int]], lots: list[tuple[str, int]], balance: int
) -> None:
    (entry,) = decide_earn(owing(owed) if owed else None, earning(earned, expires_on=on(30), at=at(2)))
    assert places(entry.allocations) == parts
    assert left(entry.lots) == lots
    assert (entry.balance, entry.deficit, entry.amount) == (balance, max(owed - earned, 0), earned)
    assert (entry.due_on is not None) == bool(lots)


def test_a_lot_that_is_there_is_joined_and_due_once() -> None:
    head = holding(("PURCHASE", on(30), 5))
    (entry,) = decide_earn(head, earning(7, expires_on=on(30), at=at(2)))
    assert entry.lots == (Lot("PURCHASE", on(30), 12, 12),)
    assert (head.due_on, entry.due_on) == (on(31), None)


@pytest.mark.parametrize(
    ("expires_on", "told", "due_on"),
    [
        (on(30), at(1), on(31)),
        (on(30), at(20, month=6), date(2026, 6, 21)),  # told after it was over: the job has been there
        (on(30), at(30, 16), date(2026, 6, 1)),  # the 31st in Tokyo already
        (None, at(1), None),
    ],
)
def test_it_is_due_the_day_after_its_last_or_after_it_was_told(
    expires_on: date | None, told: object, due_on: date | None
) -> None:
    one = replace(earning(5, expires_on=expires_on), moment=moment(at(1), told))  # type: ignore[arg-type]  # whatever a test changes
    assert decide_earn(None, one)[0].due_on == due_on


def test_an_earning_that_is_told_late_is_posted_behind_what_was_there() -> None:
    head = holding(("PURCHASE", on(30), 5), since=at(20))
    (entry,) = decide_earn(head, replace(earning(7, expires_on=on(25)), moment=moment(at(18, 11), at(21))))
    assert (entry.effective_at, entry.posted_at) == ("2026-05-18T11:00:00.000000Z", head.posted_at)
    assert entry.lateness == 2 * 86_400 + 3600
    assert left(entry.lots) == [("PURCHASE:2026-05-25", 7), ("PURCHASE:2026-05-30", 5)]
    (after,) = decide_earn(entry, earning(1, expires_on=on(30), at=at(22)))
    assert after.lateness == entry.lateness


def test_an_earning_that_is_over_when_it_is_told_goes_out_at_once() -> None:
    head = holding(("PURCHASE", on(30), 5), since=at(20))
    entries = decide_earn(head, replace(earning(7, expires_on=on(10)), moment=moment(at(3), at(21))))
    assert [(one.kind, one.amount) for one in entries] == [(EntryKind.EARN, 7), (EntryKind.EXPIRE, -7)]
    assert entries[1].effective_at == "2026-05-10T15:00:00.000000Z"
    assert entries[1].posted_at == head.posted_at
    assert left(entries[1].lots) == [("PURCHASE:2026-05-30", 5)]
    assert entry_of_earning(entries, "TRANSACTION#txn001") is entries[0]


def test_what_is_over_before_goes_out_first_each_day_by_itself() -> None:
    head = holding(("A", on(3), 1), ("B", on(3), 2), ("A", on(5), 4), ("A", on(9), 8))
    entries = decide_earn(head, earning(16, source="A", expires_on=on(30), at=at(8)))
    assert [(one.cause, one.amount, one.effective_at) for one in entries[:-1]] == [
        ("EXPIRY#2026-05-03", -3, "2026-05-03T15:00:00.000000Z"),
        ("EXPIRY#2026-05-05", -4, "2026-05-05T15:00:00.000000Z"),
    ]
    assert places(entries[0].allocations) == [("A:2026-05-03", -1), ("B:2026-05-03", -2)]
    assert left(entries[-1].lots) == [("A:2026-05-09", 8), ("A:2026-05-30", 16)]


def test_it_is_over_at_midnight_and_not_a_microsecond_before() -> None:
    head = holding(("A", on(3), 1))
    midnight = at(3, 15)
    assert decide_expire(head, moment(midnight - timedelta(microseconds=1))) == []
    (entry,) = decide_expire(head, moment(midnight))
    assert (entry.balance, entry.lots, entry.posted_at) == (0, (), "2026-05-03T15:00:00.000000Z")
    assert decide_expire(entry, moment(at(30))) == []


def test_a_bounded_number_of_days_at_once() -> None:
    head = holding(*(("A", on(day), 1) for day in range(2, 9)))
    entries = decide_expire(head, moment(at(20)), at_most=3)
    assert [one.cause[-2:] for one in entries] == ["02", "03", "04"]
    assert decide_expire(entries[-1], moment(at(20)), at_most=9)[-1].lots == ()
    assert decide_expire(None, moment(at(20))) == []


@given(earnings)
def test_a_tip_says_all_that_a_next_entry_has_to_know(history: list[Earning]) -> None:
    *before, last = history
    entries = passbook(before)
    if entries:
        assert decide_earn(tip_of(entries[-1]), last) == decide_earn(entries[-1], last)
        later = moment(AT + timedelta(days=300))
        assert decide_expire(tip_of(entries[-1]), later) == decide_expire(entries[-1], later)
