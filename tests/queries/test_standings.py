"""Any past instant, exactly, by a few reads: against a fold over the whole book."""

import asyncio
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.decisions.claw_back import Clawback, ClawbackPolicy, decide_claw_back
from app.domain.decisions.earn import decide_earn
from app.domain.decisions.following import Insufficient, Moment, instant_of
from app.domain.decisions.use import Use, decide_use
from app.domain.journal import EntryKind
from app.domain.kickbacks import KickbackType
from app.domain.ledger import GENESIS_HASH, Account, LedgerEntry, Tip
from app.domain.lots import Allocation, Lot
from app.domain.periods import utc_text
from app.domain.standings import Standing, standing_at
from app.ports.audit import AuditRow
from app.ports.ledger import CommandId, Happened, NewCommand, NotAppended, Receipt, Tally, TallyId
from app.ports.transactions import Appended
from app.queries.standings import Standings
from tests.domain.passbooks import ACCOUNT, earning
from tests.purchases import TOKYO

START = datetime(2026, 1, 1, tzinfo=UTC)


class CountingLedger:
    """One account's entries. The index by time does not show what was recorded after `shown`; `reads` are calls, and
    `rows` what they gave."""

    def __init__(self, book: Sequence[LedgerEntry], *, shown: str = "9999") -> None:
        self.book = book
        self.index = sorted((one.effective_at, one.version) for one in book if one.recorded_at < shown)
        self.reads = 0
        self.rows = 0

    async def head(self, account: Account) -> LedgerEntry | None:
        self._count(1)
        return self.book[-1] if self.book else None

    async def tip(self, account: Account) -> Tip | None:
        raise NotImplementedError

    async def heads(self, user_id: str) -> Mapping[KickbackType, LedgerEntry]:
        raise NotImplementedError

    async def entry(self, account: Account, version: int) -> LedgerEntry | None:
        self._count(1)
        return self.book[version - 1] if version <= len(self.book) else None

    async def newest_first(self, account: Account, *, limit: int, before: int | None = None) -> Sequence[LedgerEntry]:
        end = before - 1 if before is not None else len(self.book)
        return self._given(self.book[max(0, end - limit) : end][::-1])

    async def oldest_first(self, account: Account, *, limit: int, since: int) -> Sequence[LedgerEntry]:
        return self._given(self.book[since - 1 : since - 1 + limit])

    async def happened(self, account: Account, *, until: str, since: str = "", limit: int = 1000) -> Sequence[Happened]:
        first, last = bisect_left(self.index, (since, 0)), bisect_right(self.index, (until, 10**10))
        found = self.index[max(first, last - limit) : last][::-1]
        self._count(len(found))
        return [Happened(at, self.book[version - 1].posted_at, version) for at, version in found]

    async def receipt(self, command: CommandId) -> Receipt | None:
        raise NotImplementedError

    async def tally(self, tally: TallyId) -> Tally | None:
        raise NotImplementedError

    async def append(self, command: NewCommand, *, audit: AuditRow, token: str) -> Appended | NotAppended:
        raise NotImplementedError

    def _given(self, rows: Sequence[LedgerEntry]) -> Sequence[LedgerEntry]:
        self._count(len(rows))
        return rows

    def _count(self, rows: int) -> None:
        self.reads += 1
        self.rows += rows


def asked(ledger: CountingLedger, now: datetime, at: datetime | None = None) -> Standing | None:
    return asyncio.run(Standings(ledger, lambda: now, TOKYO).of(ACCOUNT, at))


def folded(book: Sequence[LedgerEntry], at: datetime) -> Standing:
    """What was posted by then, and what had happened by then and was told later."""
    moment = utc_text(at)
    posted = [one for one in book if one.posted_at <= moment]
    late = [one for one in book if one.effective_at <= moment < one.posted_at]
    return standing_at(posted[-1] if posted else None, moment, TOKYO, late)


# What happens, how long after the last thing, how late it is told, how much.
happenings = st.lists(
    st.tuples(
        st.sampled_from(["earn", "earn", "use", "claw back"]),
        st.sampled_from([0, 1, 3600, 86_400, 40 * 86_400]),
        st.sampled_from([0, 0, 1, 7200, 5 * 86_400, 60 * 86_400]),
        st.integers(1, 30),
    ),
    min_size=1,
    max_size=30,
)


def booked(many: Sequence[tuple[str, int, int, int]]) -> list[LedgerEntry]:
    book: list[LedgerEntry] = []
    now = START
    for what, after, late, amount in many:
        now += timedelta(seconds=after)
        head, moment = book[-1] if book else None, Moment(now, now, TOKYO)
        match what:
            case "earn":
                at = now - timedelta(seconds=late)
                expires_on = at.date() + timedelta(days=7 * (amount % 9 + 1)) if amount % 5 else None
                one = replace(earning(amount, expires_on=expires_on), moment=Moment(at, now, TOKYO))
                book += decide_earn(head, one)
            case "use":
                used = decide_use(head, Use(ACCOUNT, amount, "REDEMPTION#r", moment))
                book += [] if isinstance(used, Insufficient) else used
            case _:
                policy = ClawbackPolicy.ALLOW_NEGATIVE
                book += decide_claw_back(head, Clawback(ACCOUNT, amount, "PURCHASE", None, "R", policy, moment))
    return book


@settings(max_examples=120)
@given(happenings, st.data())
def test_any_instant_is_that_of_a_fold_over_everything(
    many: list[tuple[str, int, int, int]], data: st.DataObject
) -> None:
    book = booked(many)
    if not book:
        return
    edges = sorted({text for one in book for text in (one.effective_at, one.posted_at)})
    at = instant_of(data.draw(st.sampled_from(edges))) + timedelta(microseconds=data.draw(st.integers(-1, 1)))
    now = max(instant_of(book[-1].posted_at), instant_of(book[-1].recorded_at))
    shown = utc_text(now - timedelta(seconds=data.draw(st.sampled_from([-1, 0, 1, 5]))))
    ledger = CountingLedger(book, shown=shown)
    assert asked(ledger, now, at) == folded(book, at)


@settings(max_examples=60)
@given(happenings)
def test_now_is_one_read(many: list[tuple[str, int, int, int]]) -> None:
    book = booked(many)
    ledger = CountingLedger(book)
    now = max([instant_of(book[-1].posted_at), START + timedelta(days=5000)]) if book else START
    found = asked(ledger, now)
    assert found == (folded(book, now) if book else None)
    assert ledger.reads <= 1


def long_book(count: int, *, late_every: int = 0) -> list[LedgerEntry]:
    """An entry an hour, in bursts with quiet weeks between; every so often one is told a day late."""
    book: list[LedgerEntry] = []
    posted = ""
    for number in range(count):
        at = START + timedelta(hours=number + number // 20 * 500)
        is_late = late_every and number % late_every == late_every - 1
        effective = utc_text(at - timedelta(days=1) if is_late else at)
        posted = max(posted, effective)
        book.append(
            LedgerEntry(
                account=ACCOUNT,
                version=number + 1,
                kind=EntryKind.EARN,
                amount=1,
                balance=number + 1,
                deficit=0,
                lots=(Lot("PURCHASE", None, number + 1, number + 1),),
                allocations=(Allocation("PURCHASE", None, 1),),
                postings=(),
                cause="TRANSACTION#t",
                rule=None,
                effective_at=effective,
                posted_at=posted,
                lateness=86_400 if late_every and number >= late_every - 1 else 0,
                recorded_at=utc_text(at),
                previous_hash=GENESIS_HASH,
                hash="",
            )
        )
    return book


@pytest.fixture(scope="module", params=[0, 7])
def books(request: pytest.FixtureRequest) -> tuple[list[LedgerEntry], list[LedgerEntry]]:
    return long_book(40, late_every=request.param), long_book(100_000, late_every=request.param)


@pytest.mark.parametrize("back", [timedelta(minutes=30), timedelta(hours=3), timedelta(hours=19, minutes=30)])
def test_a_long_history_costs_no_more_reads_than_a_short_one(
    books: tuple[list[LedgerEntry], list[LedgerEntry]], back: timedelta
) -> None:
    """Both end with a whole burst, so that the same lies behind the same instant."""
    costs = []
    for book in books:
        end = instant_of(book[-1].recorded_at)
        ledger = CountingLedger(book)
        at, now = end - back, end + timedelta(days=1)
        assert asked(ledger, now, at) == folded(book[-40:], at)
        costs.append((ledger.reads, ledger.rows))
    assert costs[0] == costs[1]


def test_a_quiet_time_costs_no_more_than_a_busy_one(books: tuple[list[LedgerEntry], list[LedgerEntry]]) -> None:
    """Nothing happened in the time in which something late could be: then the index is asked once more."""
    _, book = books
    for burst in (1, 100, 2_500, 4_999):
        quiet = instant_of(book[burst * 20 - 1].recorded_at) + timedelta(hours=250)
        ledger = CountingLedger(book)
        now = instant_of(book[-1].recorded_at) + timedelta(days=1)
        found = asked(ledger, now, quiet)
        assert found is not None
        assert (found.version, found.balance) == (burst * 20, burst * 20)
        assert ledger.reads <= 5
        assert ledger.rows <= 6


def test_before_everything_there_is_nothing() -> None:
    book = long_book(40)
    found = asked(CountingLedger(book), START, START - timedelta(microseconds=1))
    assert found is not None
    assert (found.version, found.balance, found.lots) == (0, 0, ())


def test_an_earning_that_went_into_a_debt_had_been_there_before_the_debt() -> None:
    """Told after the debt, it happened before it: seen from then, all of it could be used."""
    first, told = START, START + timedelta(days=9)
    book = decide_earn(None, earning(10, expires_on=date(2026, 6, 1), at=first))
    day = first + timedelta(days=1)
    used = decide_use(book[-1], Use(ACCOUNT, 10, "REDEMPTION#r", Moment(day, day, TOKYO)))
    assert not isinstance(used, Insufficient)
    book += used
    taken = Moment(first + timedelta(days=5), first + timedelta(days=5), TOKYO)
    policy = ClawbackPolicy.ALLOW_NEGATIVE
    book += decide_claw_back(book[-1], Clawback(ACCOUNT, 10, "PURCHASE", date(2026, 6, 1), "R", policy, taken))
    late = earning(10, expires_on=date(2026, 6, 8))
    book += decide_earn(book[-1], replace(late, moment=Moment(first + timedelta(days=2), told, TOKYO)))
    found = asked(CountingLedger(book), told, first + timedelta(days=3))
    assert found is not None
    assert (found.balance, found.lots) == (10, (Lot("PURCHASE", date(2026, 6, 8), 10, 10),))
    now = asked(CountingLedger(book), told)
    assert now is not None
    assert (now.balance, now.lots) == (0, ())
