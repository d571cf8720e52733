"""Accounts with more to expire than one transaction takes: booked ahead, in as many writes as it needs, behind what is
there and never beside it."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from app.commands.posting import Carried
from app.commands.record_group import Conflict, Created, record_group
from app.domain.decisions.following import Insufficient
from app.domain.journal import EntryKind
from app.domain.ledger import LedgerEntry
from app.domain.lots import expiry_instant
from app.domain.periods import utc_text
from app.domain.purchases import Purchase
from app.ports.errors import StoreUnavailable
from tests.commands.posters import checked, earned_long_ago, posting, use
from tests.commands.recorders import recording
from tests.domain.passbooks import ACCOUNT, TOKYO, findings
from tests.fakes import FakeFacts, Fault
from tests.fakes.facts import yield_once
from tests.purchases import purchase

DAYS = 250
FIRST = date(2025, 1, 1)


def idle(days: int = DAYS) -> FakeFacts:
    facts = FakeFacts()
    earned_long_ago(facts, 50, days)
    return facts


def bought(transaction_id: str, occurred_at: datetime) -> Purchase:
    return purchase(
        transaction_id=transaction_id, transaction_date=occurred_at.date(), occurred_at=occurred_at.isoformat()
    )


TODAY = bought("today", datetime(2026, 11, 22, 2, tzinfo=UTC))
LONG_AGO = bought("late", datetime(2024, 12, 2, tzinfo=UTC))


@pytest.mark.parametrize("group", [[TODAY], [LONG_AGO, TODAY], [TODAY, LONG_AGO]])
async def test_a_purchase_books_them_ahead(group: list[Purchase]) -> None:
    facts = idle()
    outcomes = await record_group(group, {}, using=recording(facts))
    assert [type(one) for one in outcomes] == [Created] * len(group)
    book = facts.passbook(ACCOUNT)
    assert findings(book) == []
    assert booked(book) == DAYS
    assert book[-1].balance == 100


@pytest.mark.parametrize("fault", [None, *Fault])
async def test_nothing_is_booked_behind_what_is_not_there_yet(fault: Fault | None) -> None:
    """The first of a group is a conflict, or is not written: what the second books ahead cannot stand on it."""
    facts = idle()
    if fault is None:
        await record_group([replace(LONG_AGO, user_id="other")], {}, using=recording(facts))
    else:
        facts.faults.append(fault)
    try:
        outcomes = await record_group([LONG_AGO, TODAY], {}, using=recording(facts))
        assert [type(one) for one in outcomes] == [Created if fault else Conflict, Created]
    except StoreUnavailable:
        assert fault in (Fault.UNAVAILABLE, Fault.LOST_REQUEST, Fault.LOST_RESPONSE)
    assert findings(facts.passbook(ACCOUNT)) == []
    await record_group([TODAY], {}, using=recording(facts))
    assert findings(facts.passbook(ACCOUNT)) == []
    assert booked(facts.passbook(ACCOUNT)) == DAYS


async def test_all_of_them_ahead_of_one_more_decision() -> None:
    """However many there are: two tries are enough where nobody else writes."""
    facts = idle(450)
    assert isinstance(await use(posting(facts, attempts=2), 50), Carried)
    book = checked(facts)
    assert booked(book) == 450
    assert (book[-1].amount, book[-1].balance) == (-50, 0)
    assert facts.calls["head"] == 2


@pytest.mark.parametrize("fault", Fault)
@pytest.mark.parametrize("place", range(4))
async def test_a_fault_in_each_of_the_writes(fault: Fault, place: int) -> None:
    facts = idle()
    planted = False

    async def pause() -> None:
        nonlocal planted
        await yield_once()
        if facts.calls["append"] == place + 1 and not planted:
            planted = True
            facts.faults.append(fault)

    facts.pause = pause
    with suppress(StoreUnavailable):  # asked again below, as a client does
        await use(posting(facts), 50)
    assert planted
    assert findings(facts.passbook(ACCOUNT)) == []
    assert isinstance(await use(posting(facts), 50), Carried)
    book = checked(facts)
    assert (booked(book), book[-1].balance, len(book)) == (DAYS, 0, 2 * DAYS + 2)


async def test_all_who_come_at_once_find_them_booked_once() -> None:
    facts = idle()
    answers = await asyncio.gather(*(use(posting(facts, attempts=50), 10, f"r{number}") for number in range(6)))
    assert sum(isinstance(one, Carried) for one in answers) == 5
    assert sum(isinstance(one, Insufficient) for one in answers) == 1
    book = checked(facts)
    assert (booked(book), book[-1].balance) == (DAYS, 0)


def booked(book: Sequence[LedgerEntry]) -> int:
    """How many days expired, after looking whether each is dated to its own instant."""
    expiries = [one for one in book if one.kind is EntryKind.EXPIRE]
    instants = sorted({one.effective_at for one in expiries})
    assert instants == [utc_text(expiry_instant(FIRST + timedelta(days=day), TOKYO)) for day in range(len(instants))]
    return len(instants)
