"""What is over is booked once, dated to its own instant, whoever runs the job, how late and how often."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from itertools import count

import pytest

from app.domain.kickbacks import KickbackType
from app.domain.ledger import Account
from app.maintenance.expiring import parts_between
from app.ports.due import DuePart
from app.ports.errors import StoreUnavailable
from tests.domain.passbooks import findings
from tests.fakes import FakeFacts, Fault
from tests.maintenance.expiries import POINTS, Accounts, at

SEPTEMBER_30 = date(2022, 9, 30)
OCTOBER_8, OCTOBER_9 = date(2022, 10, 8), date(2022, 10, 9)
START_OF_9, START_OF_10 = "2022-10-08T15:00:00.000000Z", "2022-10-09T15:00:00.000000Z"
MILES = Account("user123", KickbackType.MILE)


class Killed(Exception):
    """The process ends here."""


async def two_lots() -> Accounts:
    accounts = Accounts()
    await accounts.earn(5, OCTOBER_8)
    await accounts.earn(10, OCTOBER_9)
    return accounts


async def many_accounts(number: int = 12) -> Accounts:
    accounts = Accounts()
    for user in range(number):
        for days in (1, 1, 5, 40):
            last = OCTOBER_8 + timedelta(days=days + user % 3)
            await accounts.earn(1 + user, last, account=Account(f"u{user}", KickbackType.POINT))
        await accounts.earn(7, None, account=Account(f"u{user}", KickbackType.MILE))
    return accounts


def books(facts: FakeFacts) -> dict[Account, list[tuple[int, str, int]]]:
    """What every passbook says, without when it was written down."""
    accounts = {account for account, _ in facts.entries}
    for account in accounts:
        assert findings(facts.passbook(account)) == []
    return {one: [(x.amount, x.effective_at, x.balance) for x in facts.passbook(one)] for one in accounts}


@pytest.mark.parametrize("late", ["2022-10-10 00:00", "2022-10-10 03:30", "2023-10-10 00:00"])
async def test_however_late_each_is_dated_to_its_own_instant(late: str) -> None:
    accounts = await two_lots()
    accounts.moment = at(late)
    expired = await accounts.expire()
    assert accounts.expiries() == [(-5, START_OF_9), (-10, START_OF_10)]
    assert (expired.accounts, expired.entries, expired.amounts, expired.failed) == (1, 2, {KickbackType.POINT: 15}, 0)
    head = accounts.facts.passbook(POINTS)[-1]
    assert (head.balance, head.lots, head.lateness) == (0, (), 0)
    assert head.recorded_at >= head.effective_at


async def test_what_still_counts_stays_to_its_last_microsecond() -> None:
    accounts = await two_lots()
    accounts.moment = at("2022-10-09 00:00") - timedelta(microseconds=1)
    assert (await accounts.expire()).entries == 0
    accounts.moment += timedelta(microseconds=1)
    assert (await accounts.expire()).entries == 1
    assert accounts.expiries() == [(-5, START_OF_9)]


async def test_up_to_an_instant_that_is_past() -> None:
    accounts = await two_lots()
    accounts.moment = at("2022-11-01 00:00")
    await accounts.expire(until=at("2022-10-09 12:00"))
    assert accounts.expiries() == [(-5, START_OF_9)]
    assert accounts.due.done == {OCTOBER_9}
    await accounts.expire()
    assert accounts.expiries() == [(-5, START_OF_9), (-10, START_OF_10)]


async def test_never_what_is_not_over() -> None:
    accounts = await two_lots()
    with pytest.raises(ValueError, match="not over yet"):
        await accounts.expire(until=accounts.moment + timedelta(microseconds=1))


async def test_a_clock_that_is_ahead_of_the_jobs_makes_nothing_expire_twice_or_too_early() -> None:
    accounts = await two_lots()
    now, accounts.moment = at("2022-10-08 23:50"), at("2022-10-09 00:10")
    await accounts.earn(1, OCTOBER_9)  # by an instance for which the 8th is over
    accounts.moment = now
    assert (await accounts.expire(since=OCTOBER_8)).entries == 0
    accounts.moment = at("2022-10-09 00:05")
    expired = await accounts.expire(since=OCTOBER_8)
    assert (expired.accounts, expired.entries) == (1, 0)
    assert accounts.expiries() == [(-5, START_OF_9)]
    assert accounts.facts.passbook(POINTS)[-1].balance == 11


async def test_each_type_is_counted_by_itself_and_what_never_expires_is_not_looked_at() -> None:
    accounts = await two_lots()
    await accounts.earn(70, OCTOBER_8, account=MILES)
    await accounts.earn(9, None, account=Account("user123", KickbackType.CASHBACK))
    accounts.moment = at("2022-10-09 01:00")
    expired = await accounts.expire()
    assert expired.amounts == {KickbackType.POINT: 5, KickbackType.MILE: 70}
    assert expired.accounts == 2


async def test_what_was_spent_does_not_expire() -> None:
    accounts = await two_lots()
    assert await accounts.use(15)
    accounts.moment = at("2022-10-20 00:00")
    expired = await accounts.expire()
    assert (expired.accounts, expired.entries, expired.amounts) == (1, 0, {})


async def test_twice_is_once_and_the_second_run_looks_only_at_new_days() -> None:
    accounts = await two_lots()
    accounts.moment = at("2022-10-12 04:00")
    await accounts.expire()
    written = dict(accounts.facts.entries)
    assert accounts.due.done == {date(2022, 10, 11)}
    again = await accounts.expire()
    assert (again.first, again.last, again.accounts) == (date(2022, 10, 12), date(2022, 10, 12), 0)
    assert accounts.facts.entries == written


async def test_several_jobs_at_once_are_one() -> None:
    accounts, once = await many_accounts(), await many_accounts()
    accounts.moment = once.moment = at("2022-12-24 00:00")
    await once.expire()
    runs = await asyncio.gather(*(accounts.expire() for _ in range(4)))
    assert books(accounts.facts) == books(once.facts)
    assert sum(one.entries for one in runs) == 36
    assert sum(one.amounts.get(KickbackType.POINT, 0) for one in runs) == 4 * sum(range(1, 13))


async def test_killed_before_every_call_in_turn_and_run_again() -> None:
    once = await many_accounts()
    once.moment = at("2022-12-24 00:00")
    await once.expire()
    for place in count(1):
        accounts = await many_accounts()
        accounts.moment = at("2022-12-24 00:00")
        await accounts.due.note_done(SEPTEMBER_30)
        calls = count(1)

        async def pause(calls: "count[int]" = calls, place: int = place) -> None:
            await asyncio.sleep(0)
            if next(calls) == place:
                raise Killed

        alive, accounts.facts.pause = accounts.facts.pause, pause
        killed = False
        try:
            await accounts.expire()
        except Killed:
            killed = True
            assert accounts.due.done == {SEPTEMBER_30}, "done is said last"
            accounts.facts.pause = alive
            await accounts.expire()
        assert books(accounts.facts) == books(once.facts), f"killed before call {place}"
        if not killed:
            assert place > 50
            assert accounts.due.done == {SEPTEMBER_30, date(2022, 12, 23)}
            return


@pytest.mark.parametrize("fault", Fault)
async def test_a_fault_in_every_append_in_turn(fault: Fault) -> None:
    once = await many_accounts(3)
    once.moment = at("2022-12-24 00:00")
    whole = await once.expire()
    for place in range(1, 4):
        accounts = await many_accounts(3)
        accounts.moment = once.moment
        accounts.facts.pause = faulty(accounts.facts, fault, accounts.facts.calls["append"] + place)
        expired = await accounts.expire()
        assert not accounts.facts.faults, "it was taken"
        assert books(accounts.facts) == books(once.facts)
        assert (expired.entries, expired.amounts, expired.failed) == (whole.entries, whole.amounts, 0)


def faulty(facts: FakeFacts, fault: Fault, append: int) -> Callable[[], Awaitable[None]]:
    """Lets it happen to the append with this number."""
    planted = False

    async def pause() -> None:
        nonlocal planted
        await asyncio.sleep(0)
        if facts.calls["append"] == append and not planted:
            planted = True
            facts.faults.append(fault)

    return pause


async def test_an_account_that_cannot_be_done_is_told_and_stops_no_other_and_no_day_is_done() -> None:
    accounts = await many_accounts(3)
    accounts.moment = at("2022-12-24 00:00")
    accounts.facts.faults.extend([Fault.UNAVAILABLE] * accounts.attempts * 2)
    accounts.attempts = 1
    failed = await accounts.expire()
    assert (failed.failed, failed.entries, failed.reason) == (3, 0, "injected: too much load")
    assert (failed.done, accounts.due.done) == (None, set())
    accounts.facts.faults.clear()
    assert (await accounts.expire()).entries == 9
    assert accounts.due.done == {date(2022, 12, 23)}


async def test_without_storage_nothing_is_said_to_be_done() -> None:
    accounts = await two_lots()
    accounts.moment = at("2022-10-20 00:00")
    accounts.facts.down = True
    with pytest.raises(StoreUnavailable):
        await accounts.expire()
    assert accounts.due.done == set()


async def test_a_day_is_done_only_when_it_is_over() -> None:
    """What was stamped before midnight may be written after the night's run: it is due today, and found tomorrow."""
    accounts = Accounts(moment=at("2022-10-10 00:00"))
    await accounts.expire()
    assert accounts.due.done == {OCTOBER_9}
    written_late = at("2022-10-09 23:59")
    accounts.moment, now = written_late, accounts.moment
    await accounts.earn(3, OCTOBER_9)
    accounts.moment = now + timedelta(days=1)
    await accounts.expire()
    assert accounts.expiries() == [(-3, START_OF_10)]


async def test_a_purchase_told_long_after_is_due_after_the_days_that_are_done() -> None:
    accounts = Accounts(moment=at("2023-03-03 12:00"))
    await accounts.expire()
    await accounts.earn(5, OCTOBER_8, effective=at("2022-10-01 14:00"))
    assert accounts.expiries() == []  # over now, but not when it takes effect in the passbook
    accounts.moment += timedelta(days=1)
    assert (await accounts.expire()).entries == 1
    assert accounts.expiries() == [(-5, START_OF_9)]


@pytest.mark.parametrize(
    ("since", "done"),
    [("2000-01-01", {"2022-10-14"}), ("2022-10-12", {"2022-10-11", "2022-10-14"}), ("2022-10-13", {"2022-10-11"})],
)
async def test_a_run_that_begins_later_than_what_is_done_leaves_a_hole_and_does_not_hide_it(
    since: str, done: set[str]
) -> None:
    accounts = Accounts(moment=at("2022-10-15 03:00"))
    if len(done) > 1 or since > "2022":
        await accounts.due.note_done(date(2022, 10, 11))
    await accounts.expire(since=date.fromisoformat(since))
    assert {one.isoformat() for one in accounts.due.done} == done


async def test_no_account_is_read_for_each_of_its_lots() -> None:
    accounts = Accounts()
    for days in range(200):
        await accounts.earn(1, OCTOBER_8 + timedelta(days=days))
    accounts.moment = at("2023-10-01 00:00")
    accounts.facts.calls.clear()
    expired = await accounts.expire(since=date(2022, 10, 1))
    assert (expired.accounts, expired.entries, accounts.facts.calls["head"]) == (1, 200, 1)
    assert accounts.facts.calls["append"] == 3  # each with its row of the audit trail, so one entry less than 100


def test_days_are_read_month_by_month_and_shard_by_shard() -> None:
    assert list(parts_between(date(2024, 1, 31), date(2024, 3, 1), 2)) == [
        DuePart(date(2024, 1, 31), date(2024, 1, 31), 0),
        DuePart(date(2024, 1, 31), date(2024, 1, 31), 1),
        DuePart(date(2024, 2, 1), date(2024, 2, 29), 0),
        DuePart(date(2024, 2, 1), date(2024, 2, 29), 1),
        DuePart(date(2024, 3, 1), date(2024, 3, 1), 0),
        DuePart(date(2024, 3, 1), date(2024, 3, 1), 1),
    ]
    assert list(parts_between(date(2024, 3, 2), date(2024, 3, 1), 2)) == []
