from dataclasses import replace
from datetime import date

import pytest

from app.domain.decisions.claw_back import Clawback, ClawbackPolicy, decide_claw_back
from app.domain.decisions.close import Closing, decide_close
from app.domain.decisions.earn import decide_earn
from app.domain.decisions.following import Insufficient
from app.domain.decisions.restore import Restoring, decide_restore, parts_back
from app.domain.decisions.use import Use, decide_use
from app.domain.journal import EntryKind
from app.domain.ledger import LedgerEntry
from app.domain.lots import Allocation
from tests.domain.decisions.books import Place, at, holding, left, moment, on, places
from tests.domain.passbooks import ACCOUNT, earning

THREE = holding(("A", None, 10), ("B", on(20), 5), ("A", on(10), 3), ("B", on(10), 2))
USED = (Allocation("A", on(10), -3), Allocation("B", on(10), -2), Allocation("B", on(20), -4))


def use(head: LedgerEntry | None, amount: int, day: int = 2) -> list[LedgerEntry] | Insufficient:
    return decide_use(head, Use(ACCOUNT, amount, "REDEMPTION#r1", moment(at(day))))


@pytest.mark.parametrize(
    ("amount", "parts"),
    [
        (1, [("A:2026-05-10", -1)]),
        (4, [("A:2026-05-10", -3), ("B:2026-05-10", -1)]),
        (9, [("A:2026-05-10", -3), ("B:2026-05-10", -2), ("B:2026-05-20", -4)]),
        (20, [("A:2026-05-10", -3), ("B:2026-05-10", -2), ("B:2026-05-20", -5), ("A:NEVER", -10)]),
    ],
)
def test_soonest_expiry_first_then_oldest(amount: int, parts: list[Place]) -> None:
    entries = use(THREE, amount)
    assert isinstance(entries, list)
    (entry,) = entries
    assert places(entry.allocations) == parts
    assert (entry.kind, entry.amount, entry.balance) == (EntryKind.USE, -amount, 20 - amount)


@pytest.mark.parametrize(
    ("day", "amount", "refused"),
    [(2, 21, Insufficient(20, 1)), (11, 16, Insufficient(15, 1)), (25, 11, Insufficient(10, 1))],
)
def test_what_is_over_cannot_be_used(day: int, amount: int, refused: Insufficient) -> None:
    assert use(THREE, amount, day) == refused
    entries = use(THREE, amount - 1, day)
    assert isinstance(entries, list)
    assert entries[-1].balance == 0
    assert {one.kind for one in entries[:-1]} <= {EntryKind.EXPIRE}


def test_nothing_and_debts_cannot_be_used() -> None:
    assert use(None, 5) == Insufficient(0, 5)
    assert use(replace(THREE, lots=(), balance=-7, deficit=7), 5) == Insufficient(0, 5)
    with pytest.raises(ValueError, match="more than nothing"):
        use(THREE, 0)


@pytest.mark.parametrize(
    ("restored", "amount", "parts"),
    [
        (0, 9, [("B:2026-05-20", 4), ("B:2026-05-10", 2), ("A:2026-05-10", 3)]),
        (0, 5, [("B:2026-05-20", 4), ("B:2026-05-10", 1)]),
        (5, 2, [("B:2026-05-10", 1), ("A:2026-05-10", 1)]),
        (7, 2, [("A:2026-05-10", 2)]),
    ],
)
def test_what_was_taken_last_goes_back_first(restored: int, amount: int, parts: list[Place]) -> None:
    assert places(parts_back(USED, restored, amount)) == parts


@pytest.mark.parametrize(("restored", "amount"), [(0, 10), (5, 5), (9, 1)])
def test_more_than_was_used_never_goes_back(restored: int, amount: int) -> None:
    with pytest.raises(ValueError, match="more than was used"):
        parts_back(USED, restored, amount)


def restore(head: LedgerEntry, amount: int, restored: int = 0, day: int = 3) -> list[LedgerEntry]:
    return decide_restore(head, Restoring(ACCOUNT, amount, USED, restored, "CANCELLATION#r1#c1", moment(at(day))))


def test_a_cancellation_puts_everything_back_in_its_lot() -> None:
    entries = use(THREE, 9)
    assert isinstance(entries, list)
    (whole,) = restore(entries[-1], 9)
    assert sorted(left(whole.lots)) == sorted(left(THREE.lots))
    assert [lot.expires_on for lot in whole.lots] == [lot.expires_on for lot in THREE.lots]
    head, parts = entries[-1], []
    for restored, amount in ((0, 4), (4, 4), (8, 1)):
        (head,) = restore(head, amount, restored)
        parts.append(head.amount)
    assert parts == [4, 4, 1]
    assert left(head.lots) == left(whole.lots)


def test_what_goes_back_to_a_lot_that_is_over_goes_out_at_that_moment() -> None:
    entries = use(THREE, 9)
    assert isinstance(entries, list)
    back = restore(entries[-1], 9, day=15)
    assert [(one.kind, one.amount) for one in back] == [(EntryKind.RESTORE, 9), (EntryKind.EXPIRE, -5)]
    assert {one.effective_at for one in back} == {"2026-05-15T12:00:00.000000Z"}
    assert sorted(left(back[-1].lots)) == [("A:NEVER", 10), ("B:2026-05-20", 5)]


def test_what_goes_back_settles_what_is_owed_first() -> None:
    owing = replace(THREE, lots=(), balance=-6, deficit=6)
    (entry,) = restore(owing, 9)
    assert places(entry.allocations) == [("DEFICIT", 4), ("DEFICIT", 2), ("A:2026-05-10", 3)]
    assert (entry.deficit, entry.balance, left(entry.lots)) == (0, 3, [("A:2026-05-10", 3)])


def claw_back(
    head: LedgerEntry | None, amount: int, expires_on: date | None, policy: ClawbackPolicy, day: int = 3
) -> list[LedgerEntry]:
    return decide_claw_back(head, Clawback(ACCOUNT, amount, "B", expires_on, "REVERSAL#t#v", policy, moment(at(day))))


@pytest.mark.parametrize(
    ("amount", "expires_on", "parts", "owed"),
    [
        (4, on(20), [("B:2026-05-20", -4)], 0),
        (7, on(20), [("B:2026-05-20", -5), ("A:2026-05-10", -2)], 0),
        (4, None, [("A:2026-05-10", -3), ("B:2026-05-10", -1)], 0),
        (25, on(20), [("B:2026-05-20", -5), ("A:2026-05-10", -3), ("B:2026-05-10", -2), ("A:NEVER", -10)], 5),
    ],
)
@pytest.mark.parametrize("policy", ClawbackPolicy)
def test_its_own_lot_first_then_soonest_expiry(
    amount: int, expires_on: date | None, parts: list[Place], owed: int, policy: ClawbackPolicy
) -> None:
    (entry,) = claw_back(THREE, amount, expires_on, policy)
    owes = owed if policy is ClawbackPolicy.ALLOW_NEGATIVE else 0
    assert places(entry.allocations) == parts + ([("DEFICIT", -owes)] if owes else [])
    assert (entry.deficit, entry.balance) == (owes, max(20 - amount, 0) - owes)
    order = [lot.lot_id for lot in THREE.lots]
    assert [lot.lot_id for lot in entry.lots] == sorted((lot.lot_id for lot in entry.lots), key=order.index)


def test_within_a_balance_of_nothing_nothing_goes_back() -> None:
    assert claw_back(None, 5, None, ClawbackPolicy.WITHIN_BALANCE) == []
    over = claw_back(holding(("B", on(10), 5)), 5, on(10), ClawbackPolicy.WITHIN_BALANCE, day=12)
    assert [one.kind for one in over] == [EntryKind.EXPIRE]
    (entry,) = claw_back(None, 5, None, ClawbackPolicy.ALLOW_NEGATIVE)
    assert (entry.version, entry.balance, entry.deficit, entry.lots) == (1, -5, 5, ())


def test_a_closed_account_has_nothing_and_its_history() -> None:
    entries = decide_close(THREE, Closing("CLOSURE#l1", moment(at(11))))
    assert [(one.kind, one.cause, one.amount) for one in entries] == [
        (EntryKind.EXPIRE, "EXPIRY#2026-05-10", -5),
        (EntryKind.EXPIRE, "CLOSURE#l1", -15),
    ]
    assert (entries[-1].balance, entries[-1].lots, entries[-1].version) == (0, (), THREE.version + 2)
    assert decide_close(entries[-1], Closing("CLOSURE#l2", moment(at(12)))) == []
    assert decide_close(None, Closing("CLOSURE#l2", moment(at(12)))) == []
    owing = replace(THREE, lots=(), balance=-6, deficit=6)
    assert decide_close(owing, Closing("CLOSURE#l1", moment(at(11)))) == []


def test_an_adjustment_is_an_earning_or_a_use_under_its_own_name() -> None:
    (come,) = decide_earn(
        THREE, replace(earning(5, source="ADJUSTMENT", expires_on=None, at=at(2)), kind=EntryKind.ADJUST)
    )
    gone = decide_use(come, Use(ACCOUNT, 7, "ADJUSTMENT#a1", moment(at(3)), EntryKind.ADJUST))
    assert isinstance(gone, list)
    assert [(one.kind, one.amount) for one in (come, *gone)] == [(EntryKind.ADJUST, 5), (EntryKind.ADJUST, -7)]
    assert [one.postings[0].account for one in (come, *gone)] == ["5210", "2110"]


def test_a_clock_that_is_behind_does_not_write_into_the_past() -> None:
    entries = use(holding(("A", None, 5), since=at(20)), 5, day=2)
    assert isinstance(entries, list)
    assert {entries[0].effective_at, entries[0].posted_at} == {"2026-05-20T12:00:00.000000Z"}
    assert entries[0].lateness == 0
