"""One account's expiries, while others write to it."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from app.commands.expire_points import expire_points
from app.commands.settling import that_fit
from app.domain.decisions.earn import decide_earn
from app.domain.decisions.expire import decide_expire
from app.domain.decisions.following import Moment
from app.domain.ledger import LedgerEntry
from app.ports.errors import StoreUnavailable
from app.ports.transactions import MAX_ACTIONS
from tests.domain.passbooks import TOKYO, earning
from tests.fakes import Fault
from tests.maintenance.expiries import POINTS, Accounts, at

LAST = date(2022, 10, 8)


async def with_lots(number: int, **changes: int) -> Accounts:
    accounts = Accounts(**changes)  # type: ignore[arg-type]  # only numbers are changed here
    for days in range(number):
        await accounts.earn(1 + days, LAST + timedelta(days=days))
    accounts.moment = at("2024-01-01 00:00")
    accounts.facts.calls.clear()
    return accounts


async def run(accounts: Accounts, note: Callable[[LedgerEntry], None] = lambda _: None) -> None:
    await expire_points(POINTS, until=accounts.moment, using=accounts.posting(), note=note)


async def test_all_of_it_in_as_few_writes_as_fit() -> None:
    accounts = await with_lots(250)
    booked: list[LedgerEntry] = []
    await run(accounts, booked.append)
    assert [one.amount for one in booked] == [-1 - days for days in range(250)]
    assert len(accounts.expiries()) == 250
    assert accounts.facts.calls == {"head": 1, "append": 3}
    await run(accounts, booked.append)
    assert len(booked) == 250


async def test_an_account_without_entries_stays_so() -> None:
    accounts = Accounts()
    await run(accounts)
    assert accounts.facts.calls == {"head": 1}


async def test_somebody_who_writes_between_reading_and_writing_is_seen() -> None:
    accounts = await with_lots(3)
    quiet = accounts.facts.pause
    others = 0

    async def pause() -> None:
        nonlocal others
        await quiet()
        if accounts.facts.calls["append"] == 1 and not others:
            others += 1
            await accounts.earn(1000, None)  # which books the three first

    accounts.facts.pause = pause
    booked: list[LedgerEntry] = []
    await run(accounts, booked.append)
    assert booked == []
    assert len(accounts.expiries()) == 3
    assert accounts.facts.passbook(POINTS)[-1].balance == 1000


async def test_tries_are_bounded() -> None:
    accounts = await with_lots(3, attempts=4)
    accounts.facts.faults.extend([Fault.STALE] * 4)
    with pytest.raises(StoreUnavailable, match="too many at once"):
        await run(accounts)
    assert accounts.facts.calls == {"head": 4, "append": 4}
    assert len(accounts.waits.seconds) == 3


@pytest.mark.parametrize("fault", [Fault.LOST_REQUEST, Fault.LOST_RESPONSE, Fault.UNAVAILABLE])
async def test_a_call_without_an_answer_is_repeated_and_counted_once(fault: Fault) -> None:
    accounts = await with_lots(3)
    accounts.facts.faults.extend([fault] * 2)
    booked: list[LedgerEntry] = []
    await run(accounts, booked.append)
    assert len(booked) == len(accounts.expiries()) == 3
    assert accounts.facts.calls == {"head": 1, "append": 3}


async def test_silence_is_told_and_what_was_written_stays() -> None:
    accounts = await with_lots(120, attempts=2)
    booked: list[LedgerEntry] = []

    def then_silence(entry: LedgerEntry) -> None:
        booked.append(entry)
        if len(booked) == MAX_ACTIONS:
            accounts.facts.faults.extend([Fault.LOST_REQUEST] * 2)

    with pytest.raises(StoreUnavailable, match="lost"):
        await run(accounts, then_silence)
    assert len(booked) == len(accounts.expiries()) == MAX_ACTIONS
    await run(accounts, booked.append)
    assert len(booked) == len(accounts.expiries()) == 120


def test_what_fits_is_bounded_by_what_the_entries_hold() -> None:
    head = None
    for day in range(500):
        (head,) = decide_earn(head, earning(1, expires_on=LAST + timedelta(days=day), at=at("2022-10-01 12:00")))
    late = Moment(at("2024-04-01 00:00"), at("2024-04-01 00:00"), TOKYO)
    entries = decide_expire(head, late)
    assert len(entries) == 500
    first = that_fit(entries)
    assert first == entries[:64]
    assert sum(len(one.lots) for one in first) <= 30_000
    assert len(that_fit(entries[-150:])) == MAX_ACTIONS
    assert that_fit([]) == []
