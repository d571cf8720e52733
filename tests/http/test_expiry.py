"""Points that are over, through the whole service: the example, long idle accounts, and the job beside it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from httpx import AsyncClient

import app.bootstrap.services as composition
from app.bootstrap.expiring import open_expiring
from app.domain.decisions.earn import Earning, decide_earn
from app.domain.decisions.following import Moment
from app.domain.kickbacks import KickbackType
from app.domain.ledger import Account, LedgerEntry
from app.maintenance.expiring import Expired, expire
from app.ports.ledger import NewCommand
from app.ports.transactions import MAX_ACTIONS, Appended
from app.settings import Projector, Settings
from tests.audit_rows import row
from tests.domain.example import (
    BALANCES,
    COUPON,
    DAYS,
    EARNED,
    EXPIRY_OF_PURCHASE,
    EXPIRY_OF_VISIT,
    OVER,
    PURCHASE,
    UNUSED,
    USED,
    VISIT,
)
from tests.domain.passbooks import TOKYO, findings
from tests.http.conftest import running
from tests.http.points import balance, earn, redeem
from tests.http.settled import services_behind


@dataclass
class Programme:
    """The service with points of seven days, and its clock: `moment` where that is set."""

    settings: Settings
    http: AsyncClient
    moment: datetime | None = None

    def now(self) -> datetime:
        return self.moment or datetime.now(UTC)

    async def buy(self, user: str, when: datetime, amount: int) -> None:
        day = when.date().isoformat()
        await earn(
            self.http,
            user,
            amount,
            transactionDate=day,
            occurredAt=when.isoformat(),
            transactionId=f"{user}-{amount}",
        )

    async def job(self, when: datetime, since: date) -> Expired:
        async with open_expiring(self.settings) as job:
            return await expire(replace(job, posting=replace(job.posting, now=lambda: when)), since=since)

    async def lines(self, user: str) -> list[tuple[int, str]]:
        """Oldest first."""
        answer = await self.http.get(f"/users/{user}/ledger", params={"type": "POINT"})
        return [(one["amount"], one["effectiveAt"]) for one in reversed(answer.json()["items"])]

    async def holds(self, user: str, balances: list[tuple[datetime, int]]) -> None:
        told = [await balance(self.http, user, at=when.isoformat()) for when, _ in balances]
        assert told == [wanted for _, wanted in balances]


@pytest_asyncio.fixture(scope="module")
async def programme(make_settings: Callable[..., Awaitable[Settings]]) -> AsyncIterator[Programme]:
    settings = await make_settings(point_validity_days=DAYS, projector=Projector.OUTSIDE)
    patch = pytest.MonkeyPatch()
    one = Programme(settings, http=None)  # type: ignore[arg-type]  # it is known when the service runs
    patch.setattr(composition, "now", one.now)
    async with running(settings) as one.http:
        yield one
    patch.undo()


async def test_the_example_lived_through(programme: Programme, unique: str) -> None:
    programme.moment = PURCHASE[0]
    await programme.buy(unique, *PURCHASE)
    programme.moment = VISIT[0]
    await programme.buy(unique, *VISIT)
    programme.moment = OVER
    assert await balance(programme.http, unique) == 10
    booked = await programme.job(OVER, since=date(2022, 10, 9))
    assert (booked.entries, booked.amounts) == (1, {KickbackType.POINT: 5})
    programme.moment = COUPON[0]
    refused = await redeem(programme.http, unique, COUPON[1] + 1)
    assert (refused.status_code, refused.json()["available"], refused.json()["missing"]) == (409, 10, 1)
    assert (await redeem(programme.http, unique, COUPON[1])).status_code == 201
    programme.moment = None
    assert await programme.lines(unique) == [*EARNED, EXPIRY_OF_PURCHASE, USED]
    await programme.holds(unique, BALANCES)


@pytest.mark.parametrize("told", [[PURCHASE, VISIT], [VISIT, PURCHASE]], ids=["in order", "in reverse"])
async def test_the_example_told_years_later(
    programme: Programme, unique: str, told: list[tuple[datetime, int]]
) -> None:
    programme.moment = None
    for when, amount in told:
        await programme.buy(unique, when, amount)
    await programme.holds(unique, UNUSED)
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    booked = await programme.job(tomorrow, since=tomorrow.date() - timedelta(days=1))
    assert (booked.entries >= 1, booked.failed) == (True, 0)
    assert sorted(await programme.lines(unique)) == sorted([*EARNED, EXPIRY_OF_PURCHASE, EXPIRY_OF_VISIT])
    await programme.holds(unique, UNUSED)


async def idle_account(http: AsyncClient, user: str, lots: int) -> Account:
    """Points of so many days, all over by now and booked by nobody, and 50 that never are."""
    account = Account(user, KickbackType.POINT)
    earned_at = datetime(2024, 1, 1, tzinfo=UTC)
    days: list[date | None] = [None, *(date(2024, 1, 2) + timedelta(days=day) for day in range(lots))]
    entries: list[LedgerEntry] = []
    for number, day in enumerate(days):
        one = Earning(
            account, 50, "PURCHASE", f"TRANSACTION#{user}-{number}", day, "", Moment(earned_at, earned_at, TOKYO)
        )
        entries += decide_earn(entries[-1] if entries else None, one)
    ledger: Any = services_behind(http).ledger
    for start in range(0, len(entries), MAX_ACTIONS):
        chunk = NewCommand(tuple(entries[start : start + MAX_ACTIONS]))
        assert await ledger.append(chunk, audit=row(), token=str(uuid4())) == Appended()
    return account


async def test_an_account_that_was_idle_for_a_year_is_used_at_once(programme: Programme, unique: str) -> None:
    """Its 300 expiries are more than one transaction takes."""
    programme.moment = None
    account = await idle_account(programme.http, unique, 300)
    assert await balance(programme.http, unique) == 50
    used, earned = await asyncio.gather(redeem(programme.http, unique, 50), earn(programme.http, unique, 7, ago=0))
    assert used.status_code == 201
    assert earned["balance"] in (7, 57)
    assert await balance(programme.http, unique) == 7
    ledger = services_behind(programme.http).ledger
    book = list(await ledger.oldest_first(account, since=1, limit=1000))
    assert findings(book) == []
    assert [(one.amount, one.effective_at) for one in book[301:601]] == [
        (-50, f"{date(2024, 1, 2) + timedelta(days=day)}T15:00:00.000000Z") for day in range(300)
    ]
    assert len(book) == 301 + 300 + 2


async def test_the_job_books_an_idle_account_while_it_is_used(programme: Programme, unique: str) -> None:
    programme.moment = None
    account = await idle_account(programme.http, unique, 60)
    since, until = date(2024, 1, 1), datetime(2024, 6, 1, tzinfo=UTC)
    first, second, used = await asyncio.gather(
        programme.job(until, since), programme.job(until, since), redeem(programme.http, unique, 50)
    )
    assert used.status_code == 201
    assert (first.failed, second.failed) == (0, 0)
    book = list(await services_behind(programme.http).ledger.oldest_first(account, since=1, limit=1000))
    assert findings(book) == []
    assert sum(one.amount == -50 for one in book) == 61
    assert len({(one.cause, one.amount) for one in book[61:]}) == len(book) - 61 == 61
