"""The Due port: exactly the accounts with a lot to expire on the days asked for, and what is noted as done."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from app.domain.decisions.earn import decide_earn
from app.domain.decisions.following import Moment
from app.domain.kickbacks import KickbackType
from app.domain.ledger import Account, LedgerEntry
from app.maintenance.expiring import parts_between
from app.ports.due import Due, DuePart
from app.ports.ledger import Ledger, NewCommand
from app.ports.transactions import Appended
from app.settings import Settings
from app.store.database import Database
from app.store.due import DynamoDue
from app.store.ledger import DynamoLedger
from app.store.sharding import shard_of
from tests.audit_rows import row
from tests.domain.passbooks import TOKYO, earning
from tests.fakes import FakeFacts, FakeLedger
from tests.fakes.due import FakeDue

SHARDS = 4
EARNED = datetime(2023, 5, 1, tzinfo=UTC)
Stores = tuple[Due, Ledger]


@pytest.fixture(params=["fake", pytest.param("dynamodb", marks=pytest.mark.dynamodb)])
def make_stores(request: pytest.FixtureRequest) -> Callable[[], Awaitable[Stores]]:
    if request.param == "fake":

        async def make_fake() -> Stores:
            facts = FakeFacts()
            return FakeDue(facts, shards=SHARDS), FakeLedger(facts)

        return make_fake
    client: Any = request.getfixturevalue("client")
    make_settings: Callable[..., Awaitable[Settings]] = request.getfixturevalue("make_settings")

    async def make() -> Stores:
        database = Database(client, (await make_settings(stream=False)).facts_table)
        return DynamoDue(database, SHARDS, page=3), DynamoLedger(database, SHARDS)

    return make


async def earn(ledger: Ledger, user_id: str, *days: date | None, kind: KickbackType = KickbackType.POINT) -> Account:
    """One earning for each last day, in one write."""
    account = Account(user_id, kind)
    entries: list[LedgerEntry] = []
    for day in days:
        entries += decide_earn(entries[-1] if entries else None, earning(account=account, expires_on=day, at=EARNED))
    assert await ledger.append(NewCommand(tuple(entries)), audit=row(), token=str(uuid4())) == Appended()
    return account


async def found(due: Due, first: date, last: date) -> dict[Account, int]:
    """How often each account comes."""
    counted: dict[Account, int] = {}
    for part in parts_between(first, last, due.shards):
        async for accounts in due.accounts(part):
            for account in accounts:
                assert shard_of(account.user_id, SHARDS) == part.shard
                counted[account] = counted.get(account, 0) + 1
    return counted


async def test_who_is_due_when(make_stores: Callable[[], Awaitable[Stores]]) -> None:
    due, ledger = await make_stores()
    # The day after the last day that counts.
    first = await earn(ledger, "first", date(2023, 10, 31))
    second = await earn(ledger, "second", date(2023, 11, 1), kind=KickbackType.MILE)
    third = await earn(ledger, "third", date(2023, 11, 29))
    fourth = await earn(ledger, "fourth", date(2023, 11, 30))
    await earn(ledger, "never", None)
    november = date(2023, 11, 1), date(2023, 11, 30)
    assert set(await found(due, *november)) == {first, second, third}
    assert set(await found(due, date(2023, 11, 2), date(2023, 11, 2))) == {second}
    assert set(await found(due, date(2023, 11, 2), date(2023, 12, 1))) == {second, third, fourth}
    assert await found(due, date(2023, 11, 3), date(2023, 11, 29)) == {}
    assert await found(due, date(2023, 12, 2), date(2024, 1, 31)) == {}


async def test_more_than_a_page_and_no_account_lost(make_stores: Callable[[], Awaitable[Stores]]) -> None:
    due, ledger = await make_stores()
    days = [date(2023, 11, 1) + timedelta(days=number) for number in range(5)]
    accounts = {await earn(ledger, f"user{number}", *days) for number in range(20)}
    assert set(await found(due, date(2023, 11, 1), date(2023, 11, 30))) == accounts


async def test_earlier_days_come_first(make_stores: Callable[[], Awaitable[Stores]]) -> None:
    due, ledger = await make_stores()
    shard = shard_of("user0", SHARDS)
    users = [user for number in range(40) if shard_of(user := f"user{number}", SHARDS) == shard]
    assert len(users) > 4
    for number, user in enumerate(reversed(users)):
        await earn(ledger, user, date(2023, 11, 1 + number))
    part = DuePart(date(2023, 11, 1), date(2023, 11, 30), shard)
    assert [one.user_id async for page in due.accounts(part) for one in page] == users[::-1]


async def test_a_lot_that_only_grows_is_due_once(make_stores: Callable[[], Awaitable[Stores]]) -> None:
    due, ledger = await make_stores()
    account = await earn(ledger, "user", *[date(2023, 11, 1)] * 20)
    assert await found(due, date(2023, 11, 1), date(2023, 11, 30)) == {account: 1}


async def test_what_is_recorded_late_is_due_on_the_next_day(make_stores: Callable[[], Awaitable[Stores]]) -> None:
    due, ledger = await make_stores()
    now = datetime(2023, 12, 24, 14, 59, 59, tzinfo=UTC)  # 23:59:59 in Tokyo
    one = replace(earning(expires_on=date(2023, 10, 28)), moment=Moment(EARNED, now, TOKYO))
    late = decide_earn(None, one)
    assert await ledger.append(NewCommand(tuple(late)), audit=row(), token=str(uuid4())) == Appended()
    assert set(await found(due, date(2023, 12, 25), date(2023, 12, 25))) == {one.account}
    assert await found(due, date(2023, 10, 1), date(2023, 12, 24)) == {}


async def test_the_newest_day_that_was_noted_counts(make_stores: Callable[[], Awaitable[Stores]]) -> None:
    due, _ = await make_stores()
    assert await due.done_through() is None
    for day in (date(2023, 9, 30), date(2023, 10, 1), date(2023, 9, 30), date(2022, 12, 31)):
        await due.note_done(day)
    assert await due.done_through() == date(2023, 10, 1)


@pytest.mark.dynamodb
async def test_with_more_shards_nothing_is_known_to_be_done(
    client: Any, make_settings: Callable[..., Awaitable[Settings]]
) -> None:
    """Instances with more shards may have written where a job with fewer did not look; everything is still found."""
    database = Database(client, (await make_settings(stream=False)).facts_table)
    few, many = DynamoDue(database, 4), DynamoDue(database, 16)
    accounts = {await earn(DynamoLedger(database, 4), f"old{n}", date(2023, 10, 1)) for n in range(10)}
    accounts |= {await earn(DynamoLedger(database, 16), f"new{n}", date(2023, 10, 1)) for n in range(10)}
    await few.note_done(date(2023, 10, 2))
    assert await few.done_through() == date(2023, 10, 2)
    assert await many.done_through() is None
    seen = set()
    for part in parts_between(date(2023, 10, 2), date(2023, 10, 2), many.shards):
        async for page in many.accounts(part):
            seen |= set(page)
    assert seen == accounts
