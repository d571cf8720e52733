"""The report agrees with the postings at any instant, and says rightly when what is left was earned and will expire."""

import random
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.breakage import Outcome
from app.domain.decisions.claw_back import Clawback, ClawbackPolicy, decide_claw_back
from app.domain.decisions.close import Closing, decide_close
from app.domain.decisions.earn import decide_earn
from app.domain.decisions.expire import decide_expire
from app.domain.decisions.following import Moment
from app.domain.decisions.restore import Restoring, decide_restore
from app.domain.decisions.use import Use, decide_use
from app.domain.journal import Role, account_code
from app.domain.ledger import Account, LedgerEntry
from app.domain.liability import NEVER, Liability, without_gap
from app.domain.lot_parts import step_of
from app.domain.lots import is_alive
from tests.domain.histories import histories, instants
from tests.domain.passbooks import ACCOUNT, TOKYO, earning
from tests.domain.trial_sums import added_up

END = "2030-01-01T00:00:00.000000Z"
LAST = date(2026, 12, 31)


def at(month: int, day: int = 15) -> datetime:
    return datetime(2026, month, day, 3, tzinfo=UTC)


def text(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S.%f}Z"


def moment(when: datetime) -> Moment:
    return Moment(when, when, TOKYO)


class Book:
    """A passbook that is written by hand."""

    def __init__(self) -> None:
        self.entries: list[LedgerEntry] = []

    @property
    def head(self) -> LedgerEntry | None:
        return self.entries[-1] if self.entries else None

    def earn(self, amount: int, when: datetime, expires_on: date | None = LAST) -> None:
        self.entries += decide_earn(self.head, earning(amount, expires_on=expires_on, at=when))

    def use(self, name: str, amount: int, when: datetime) -> LedgerEntry:
        made = decide_use(self.head, Use(ACCOUNT, amount, f"REDEMPTION#{name}", moment(when)))
        assert isinstance(made, list)
        self.entries += made
        return made[-1]

    def cancel(self, name: str, used: LedgerEntry, amount: int, before: int, when: datetime) -> None:
        cause = f"CANCELLATION#{name}#c{before}"
        made = decide_restore(self.head, Restoring(ACCOUNT, amount, used.allocations, before, cause, moment(when)))
        self.entries += made

    def claw_back(self, amount: int, when: datetime, expires_on: date | None = LAST) -> None:
        clawback = Clawback(
            ACCOUNT, amount, "PURCHASE", expires_on, "REVERSAL#t#v", ClawbackPolicy.ALLOW_NEGATIVE, moment(when)
        )
        self.entries += decide_claw_back(self.head, clawback)

    def expire(self, when: datetime) -> None:
        self.entries += decide_expire(self.head, moment(when))

    def close(self, when: datetime) -> None:
        self.entries += decide_close(self.head, Closing("CLOSURE#1", moment(when)))

    def liability(self, when: str = END) -> Liability:
        found = Liability()
        found.add([step_of(one) for one in self.entries], when, TOKYO)
        assert found.agrees
        return found


def test_what_came_in_first_goes_out_first() -> None:
    book = Book()
    book.earn(10, at(3))
    book.earn(10, at(4))
    book.use("r", 15, at(5))
    found = book.liability(text(at(6)))
    assert (found.earned, found.expiring, found.total) == ({"2026-04": 5}, {"2026-12": 5}, 5)


def test_the_business_month_decides_not_the_utc_one() -> None:
    book = Book()
    book.earn(10, datetime(2026, 3, 31, 15, 0, tzinfo=UTC))
    assert book.liability(text(at(6))).earned == {"2026-04": 10}


def test_a_cancelled_redemption_gives_back_what_it_took() -> None:
    book = Book()
    for month in (3, 4, 5):
        book.earn(10, at(month))
    used = book.use("r", 25, at(6))
    book.use("other", 1, at(6))
    book.cancel("r", used, 10, 0, at(7))
    assert book.liability(text(at(8))).earned == {"2026-04": 5, "2026-05": 9}
    book.cancel("r", used, 15, 10, at(7))
    assert book.liability(text(at(8))).earned == {"2026-03": 10, "2026-04": 10, "2026-05": 9}


def test_what_is_given_back_settles_first_what_is_owed() -> None:
    book = Book()
    book.earn(10, at(3))
    book.earn(10, at(4))
    used = book.use("r", 20, at(5))
    book.claw_back(10, at(6))
    assert (book.liability(text(at(6))).owed, book.liability(text(at(6))).total) == (10, -10)
    book.cancel("r", used, 20, 0, at(7))
    found = book.liability(text(at(8)))
    assert (found.earned, found.owed, found.total) == ({"2026-03": 10}, 0, 10)


def test_each_month_of_expiry_and_never() -> None:
    book = Book()
    for last in (date(2026, 6, 1), date(2026, 6, 30), date(2026, 7, 1), None):
        book.earn(10, at(3), last)
    found = book.liability(text(at(4)))
    assert found.expiring == {"2026-06": 20, "2026-07": 10, NEVER: 10}
    assert (found.outstanding, found.can_expire, found.overdue) == (40, 30, 0)


def test_lots_that_are_over_and_not_booked_are_in_it_and_told() -> None:
    book = Book()
    book.earn(10, at(3), date(2026, 4, 1))
    book.earn(20, at(3), date(2026, 8, 1))
    found = book.liability(text(at(5)))
    assert (found.total, found.overdue, found.can_expire) == (30, 10, 20)
    assert found.over == Outcome(lots=1, earned=10, expired=10)
    book.expire(at(5))
    found = book.liability(text(at(5)))
    assert (found.total, found.overdue, found.can_expire) == (20, 0, 20)
    assert found.over == Outcome(lots=1, earned=10, expired=10)


def test_a_lot_is_over_when_its_last_day_is() -> None:
    book = Book()
    book.earn(10, at(3), date(2026, 4, 1))
    end = datetime(2026, 4, 1, 15, tzinfo=UTC)
    assert book.liability(text(end - timedelta(microseconds=1))).over == Outcome()
    assert book.liability(text(end)).over.lots == 1


def test_what_was_used_taken_back_or_closed_before_its_last_day() -> None:
    book = Book()
    for _ in range(4):
        book.earn(10, at(3), date(2026, 4, 1))
    book.use("r", 5, at(3, 16))
    book.claw_back(10, at(3, 16), date(2026, 4, 1))
    book.close(at(3, 17))
    assert book.liability(text(at(3, 18))).over == Outcome()
    found = book.liability(text(at(5)))
    assert (found.over, found.total) == (Outcome(lots=1, earned=30, expired=25), 0)


def test_as_of_a_past_instant_what_came_later_does_not_count() -> None:
    book = Book()
    book.earn(10, at(3))
    book.use("r", 10, at(5))
    book.earn(7, at(4))  # told late
    assert book.liability(text(at(4))).earned == {"2026-03": 10, "2026-04": 7}
    assert book.liability(text(at(3))).earned == {"2026-03": 10}


def test_a_late_earning_that_settled_what_came_to_be_owed_only_later() -> None:
    """At an instant between, the customer has it: it is what is owed that is below zero."""
    book = Book()
    book.earn(10, at(3))
    book.use("r", 10, at(4))
    book.claw_back(10, at(6))
    book.earn(7, at(5))
    found = book.liability(text(at(5)))
    assert (found.outstanding, found.owed, found.total) == (0, -7, 7)
    assert book.liability().total == -3


def test_entries_behind_a_missing_one_are_left_out() -> None:
    book = Book()
    for month in (3, 4, 5):
        book.earn(10, at(month))
    steps = [step_of(one) for one in book.entries]
    assert without_gap(steps[::-1]) == steps
    assert without_gap([steps[2], steps[0]]) == steps[:1]
    assert without_gap(steps[1:]) == []


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**32))
def test_at_any_instant_it_agrees_with_the_postings(seed: int) -> None:
    entries = histories(seed)
    of: dict[Account, list[LedgerEntry]] = defaultdict(list)
    for one in entries:
        of[one.account].append(one)
    for when in instants(entries, random.Random(seed)):
        found: dict[str, Liability] = defaultdict(Liability)
        for account, own in of.items():
            code = account_code(account.kind, Role.LIABILITY)
            found[code].add(without_gap([step_of(one) for one in own]), when, TOKYO)
        sums = added_up(entries, when)
        for code, total in found.items():
            debit, credit = sums.get(code, (0, 0))
            assert total.total == credit - debit
            assert total.agrees
            assert min((*total.earned.values(), *total.expiring.values(), 0)) >= 0
            assert 0 <= total.over.expired <= total.over.earned


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_at_the_end_of_an_account_it_is_what_its_newest_entry_says(seed: int) -> None:
    of: dict[Account, list[LedgerEntry]] = defaultdict(list)
    for one in histories(seed):
        of[one.account].append(one)
    for own in of.values():
        newest = max(own, key=lambda entry: entry.version)
        found = Liability()
        found.add(without_gap([step_of(one) for one in own]), newest.posted_at, TOKYO)
        by_month: dict[str, int] = defaultdict(int)
        for lot in newest.lots:
            by_month[lot.expires_on.isoformat()[:7] if lot.expires_on else NEVER] += lot.remaining
        assert found.expiring == by_month
        assert (found.owed, found.total) == (newest.deficit, newest.balance)
        assert all(is_alive(lot.expires_on, newest.posted_at, TOKYO) for lot in newest.lots)
        assert found.overdue == 0
