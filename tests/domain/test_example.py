"""The example, decided row by row."""

from datetime import datetime

import pytest

from app.domain.decisions.earn import Earning, decide_earn
from app.domain.decisions.expire import decide_expire
from app.domain.decisions.following import Insufficient, Moment
from app.domain.decisions.use import Use, decide_use
from app.domain.expiry import Validity
from app.domain.ledger import LedgerEntry
from app.domain.periods import business_date, utc_text
from app.domain.standings import standing_at
from tests.domain.example import (
    BALANCES,
    COUPON,
    DAYS,
    EARNED,
    EXPIRY_OF_PURCHASE,
    NOTHING_LEFT,
    ONE_MICROSECOND,
    OVER,
    PURCHASE,
    USED,
    VISIT,
)
from tests.domain.passbooks import ACCOUNT, TOKYO, findings


def moment(when: datetime) -> Moment:
    return Moment(when, when, TOKYO)


def earned(book: list[LedgerEntry], when: datetime, amount: int) -> None:
    validity = Validity(days=DAYS)
    last = validity.last_day(business_date(when, TOKYO))
    one = Earning(ACCOUNT, amount, "PURCHASE", f"TRANSACTION#{amount}", last, validity.rule, moment(when))
    book += decide_earn(book[-1] if book else None, one)


def used(book: list[LedgerEntry], when: datetime, amount: int) -> None:
    entries = decide_use(book[-1], Use(ACCOUNT, amount, "REDEMPTION#r1", moment(when)))
    assert isinstance(entries, list)
    book += entries


def lived(*, job: bool) -> list[LedgerEntry]:
    book: list[LedgerEntry] = []
    earned(book, *PURCHASE)
    earned(book, *VISIT)
    if job:
        book += decide_expire(book[-1], moment(OVER))
    used(book, *COUPON)
    if job:
        assert decide_expire(book[-1], moment(NOTHING_LEFT)) == []
    return book


@pytest.mark.parametrize("job", [False, True], ids=["the use books what is over", "a job has booked it"])
def test_row_by_row(job: bool) -> None:
    book = lived(job=job)
    assert findings(book) == []
    assert [(one.amount, one.effective_at) for one in book] == [*EARNED, EXPIRY_OF_PURCHASE, USED]
    assert [one.balance for one in book] == [5, 15, 10, 0]
    assert [one.posted_at for one in book] == [one.effective_at for one in book]


@pytest.mark.parametrize("job", [False, True])
@pytest.mark.parametrize(("when", "balance"), BALANCES, ids=lambda one: str(one))
def test_what_it_holds_when(when: datetime, balance: int, job: bool) -> None:
    posted = [one for one in lived(job=job) if one.posted_at <= utc_text(when)]
    assert standing_at(posted[-1] if posted else None, utc_text(when), TOKYO).balance == balance


def test_a_coupon_of_eleven_is_refused_with_what_is_missing() -> None:
    book: list[LedgerEntry] = []
    earned(book, *PURCHASE)
    earned(book, *VISIT)
    eleven = Use(ACCOUNT, 11, "REDEMPTION#r1", moment(COUPON[0]))
    assert decide_use(book[-1], eleven) == Insufficient(available=10, missing=1)
    before = Use(ACCOUNT, 15, "REDEMPTION#r1", moment(OVER - ONE_MICROSECOND))
    assert isinstance(decide_use(book[-1], before), list)
