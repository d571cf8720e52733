"""Random lives of several accounts, and what has to hold of them at every instant."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule

from app.commands.posting import Carried
from app.domain.decisions.claw_back import ClawbackPolicy
from app.domain.decisions.following import Insufficient, instant_of
from app.domain.journal import EntryKind, postings_of
from app.domain.kickbacks import KickbackType
from app.domain.ledger import GENESIS_HASH, Account, LedgerEntry, entry_hash
from app.domain.lots import expiry_text
from app.domain.periods import utc_text
from app.domain.standings import Standing
from app.maintenance.verifying.facts import FactChecks, Portion
from app.queries.standings import Standings
from tests.commands.lives import Life
from tests.fakes import FakeLedger
from tests.fakes.facts import Fault
from tests.purchases import TOKYO

ACCOUNTS = [Account("u1", kind) for kind in KickbackType] + [Account("u2", KickbackType.POINT)]
accounts = st.sampled_from([ACCOUNTS[0]] * 4 + ACCOUNTS)  # one of them lives more than the others
amounts = st.integers(1, 60)
steps_of_time = st.sampled_from(
    [
        timedelta(seconds=-2),  # another process whose clock is behind
        timedelta(seconds=1),
        timedelta(minutes=7),
        timedelta(hours=5),
        timedelta(days=1),
        timedelta(days=3),
        timedelta(days=8),
        timedelta(days=45),
    ]
)
delays = st.sampled_from([timedelta(), timedelta(minutes=1), timedelta(days=1), timedelta(days=6), timedelta(days=30)])


class Lives(RuleBasedStateMachine):
    redemptions: Bundle[Any] = Bundle("redemptions")
    bought: Bundle[Any] = Bundle("bought")

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.life = Life()
        self.audited: dict[Account, int] = {}

    @initialize(policy=st.sampled_from(ClawbackPolicy))
    def choose(self, policy: ClawbackPolicy) -> None:
        self.life.policy = policy

    @rule(step=steps_of_time)
    def wait(self, step: timedelta) -> None:
        self.life.moment += step

    @rule(fault=st.sampled_from([Fault.STALE, Fault.UNAVAILABLE, Fault.LOST_REQUEST, Fault.LOST_RESPONSE]))
    def something_will_go_wrong(self, fault: Fault) -> None:
        self.life.facts.faults.append(fault)

    @rule(target=bought, account=accounts, kickback=amounts, late=delays, amount=st.sampled_from([1, 100, 999]))
    def buy(self, account: Account, kickback: int, late: timedelta, amount: int) -> Any:
        self.life.facts.faults.clear()
        return self.run(self.life.buy(account, kickback, late=late, amount=amount))

    @rule(target=redemptions, account=accounts, amount=amounts)
    def redeem(self, account: Account, amount: int) -> Any:
        before = self.standing(account)
        redemption_id, outcome = self.run(self.life.redeem(account, amount))
        if isinstance(outcome, Insufficient):
            assert (outcome.available, outcome.missing) == (before.available, amount - before.available)
            return multiple()
        assert isinstance(outcome, Carried)
        assert self.standing(account).balance == before.balance - amount
        return account, redemption_id

    @rule(account=accounts)
    def redeem_everything(self, account: Account) -> None:
        available = self.standing(account).available
        if available:
            _, outcome = self.run(self.life.redeem(account, available))
            assert isinstance(outcome, Carried)
            assert self.standing(account).lots == ()

    @rule(of=redemptions, amount=st.none() | st.integers(1, 20))
    def cancel(self, of: tuple[Account, str], amount: int | None) -> None:
        self.run(self.life.cancel(*of, amount))

    @rule(account=accounts, amount=amounts)
    def redeem_and_cancel(self, account: Account, amount: int) -> None:
        before = self.standing(account)
        redemption_id, outcome = self.run(self.life.redeem(account, amount))
        if isinstance(outcome, Carried):
            first = amount // 3
            if first:
                self.run(self.life.cancel(account, redemption_id, first))
            assert isinstance(self.run(self.life.cancel(account, redemption_id, None)), Carried)
            assert not isinstance(self.run(self.life.cancel(account, redemption_id, None)), Carried)
        after = self.standing(account)
        assert held(after) == held(before)
        assert after.balance == before.balance

    @rule(account=accounts, kickback=amounts, amount=st.integers(3, 999))
    def buy_and_reverse(self, account: Account, kickback: int, amount: int) -> None:
        """In three parts. What is taken back is taken from the purchase's own lot first, so nothing changes."""
        before = self.standing(account)
        self.life.facts.faults.clear()
        bought = self.run(self.life.buy(account, kickback, amount=amount))
        for part in (amount // 3, amount // 3, None):
            assert isinstance(self.run(self.life.reverse(bought, part)), Carried)
        after = self.standing(account)
        assert held(after) == held(before)
        assert after.balance == before.balance

    @rule(of=consumes(bought), amount=st.none() | st.integers(1, 99))
    def reverse(self, of: str, amount: int | None) -> None:
        self.run(self.life.reverse(of, amount))

    @rule(account=accounts, amount=amounts, sign=st.sampled_from([-1, 1]))
    def adjust(self, account: Account, amount: int, sign: int) -> None:
        self.run(self.life.adjust(account, sign * amount))

    @rule(account=accounts)
    def exercise(self, account: Account) -> None:
        assert isinstance(self.run(self.life.exercise(account)), Carried)

    @rule(account=accounts)
    def expire(self, account: Account) -> None:
        """Twice is once."""
        before = self.standing(account)
        self.run(self.life.expire(account))
        written = self.life.size()
        self.run(self.life.expire(account))
        assert self.life.size() == written
        after = self.standing(account)
        assert (after.balance, after.lots) == (before.balance, before.lots)

    @rule(account=accounts)
    def close(self, account: Account) -> None:
        self.run(self.life.close(account.user_id))
        for one in ACCOUNTS:
            if one.user_id == account.user_id:
                assert self.standing(one).available == 0

    @invariant()
    def every_new_entry_is_sound(self) -> None:
        for account in ACCOUNTS:
            book = self.life.facts.passbook(account)
            for place in range(self.audited.get(account, 0), len(book)):
                audit(book[place - 1] if place else None, book[place])
            if book:
                newest = book[-1]
                assert all(
                    lot.expires_on is None or newest.posted_at < expiry_text(lot.expires_on, TOKYO)
                    for lot in newest.lots
                )
                self.check_standing(account, book, self.life.moment)
            self.audited[account] = len(book)

    def look_back(self, account: Account) -> None:
        """At the edges of what happened: those are the instants at which anything can be wrong."""
        book = self.life.facts.passbook(account)
        texts = {text for one in book for text in (one.effective_at, one.posted_at)}
        texts |= {expiry_text(lot.expires_on, TOKYO) for one in book for lot in one.lots if lot.expires_on is not None}
        for text in texts:
            at = instant_of(text)
            if at <= self.life.moment:
                self.check_standing(account, book, at)
                self.check_standing(account, book, at - timedelta(microseconds=1))

    def teardown(self) -> None:
        for account in ACCOUNTS:
            self.look_back(account)
        checks = FactChecks(Portion(), TOKYO)
        for fact in self.life.stored():
            checks.add(fact)
        try:
            assert list(checks.differences(dropped_before="")) == []
        finally:
            self.runner.close()

    def check_standing(self, account: Account, book: list[LedgerEntry], at: datetime) -> None:
        standing = self.standing(account, at)
        moment = utc_text(at)
        assert all(0 < lot.remaining <= lot.earned for lot in standing.lots)
        assert all(lot.expires_on is None or moment < expiry_text(lot.expires_on, TOKYO) for lot in standing.lots)
        if not told_after_it_was_over(book, moment):
            earned, used, expired, clawed_back = sums(book, moment)
            assert earned == standing.balance + used + expired + clawed_back
        owed = sum(lot.remaining for lot in standing.lots) - standing.balance
        assert owed >= 0
        assert not (owed and standing.lots)

    def standing(self, account: Account, at: datetime | None = None) -> Standing:
        standings = Standings(FakeLedger(self.life.facts), self.life.now, TOKYO)
        found = self.run(standings.of(account, at))
        return found if found is not None else Standing(0, 0, (), utc_text(self.life.moment))

    def run(self, coroutine: Any) -> Any:
        return self.runner.run(coroutine)


def held(standing: Standing) -> dict[str, int]:
    """What is in which lot; the order of lots with one last day is that of their opening."""
    return {lot.lot_id: lot.remaining for lot in standing.lots}


def sums(book: list[LedgerEntry], at: str) -> tuple[int, int, int, int]:
    """What had been earned, used (less what was given back), expired (booked by now or not) and clawed back."""
    happened = [one for one in book if one.effective_at <= at]

    def of(*kinds: EntryKind) -> int:
        return sum(one.amount for one in happened if one.kind in kinds)

    unbooked = sum(
        lot.remaining
        for lot in book[-1].lots
        if book[-1].posted_at <= at and lot.expires_on is not None and expiry_text(lot.expires_on, TOKYO) <= at
    )
    used = -of(EntryKind.USE, EntryKind.RESTORE)
    return of(EntryKind.EARN, EntryKind.ADJUST), used, unbooked - of(EntryKind.EXPIRE), -of(EntryKind.CLAWBACK)


def told_after_it_was_over(book: list[LedgerEntry], at: str) -> bool:
    """An earning that had happened, was told later, and whose lot was over by then: what it would have settled of a
    debt is not what it settled."""
    return any(
        one.kind is EntryKind.EARN
        and one.effective_at <= at < one.posted_at
        and any(part.expires_on is not None and expiry_text(part.expires_on, TOKYO) <= at for part in one.allocations)
        for one in book
    )


def audit(before: LedgerEntry | None, entry: LedgerEntry) -> None:
    """What has to hold of an entry and the one before it, whatever it is."""
    assert entry.version == (before.version + 1 if before else 1)
    assert entry.previous_hash == (before.hash if before else GENESIS_HASH)
    assert entry.hash == entry_hash(entry)
    assert entry.posted_at == max(entry.effective_at, before.posted_at if before else "")
    assert entry.balance == (before.balance if before else 0) + entry.amount
    assert entry.balance == sum(lot.remaining for lot in entry.lots) - entry.deficit
    assert entry.amount == sum(one.amount for one in entry.allocations)
    assert entry.postings == postings_of(entry.kind, entry.account.kind, entry.amount)
    assert sum(one.debit - one.credit for one in entry.postings) == 0
    assert entry.deficit >= 0
    assert not (entry.deficit and entry.lots)
    assert all(0 < lot.remaining <= lot.earned for lot in entry.lots)


TestLives = Lives.TestCase
TestLives.settings = settings(
    max_examples=120, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
