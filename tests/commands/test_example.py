"""The example through the commands: lived through, or told long after in any order, whenever the job runs."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pytest

from app.commands.posting import Carried
from app.domain.kickbacks import KickbackType
from app.domain.ledger import Account
from app.maintenance.expiring import Expiring, expire
from app.queries.standings import Standings
from tests.commands.lives import Life
from tests.domain.example import (
    BALANCES,
    COUPON,
    EARNED,
    EXPIRY_OF_PURCHASE,
    EXPIRY_OF_VISIT,
    NOTHING_LEFT,
    OVER,
    PURCHASE,
    UNUSED,
    USED,
    VISIT,
)
from tests.domain.passbooks import TOKYO, findings
from tests.fakes import FakeLedger
from tests.fakes.due import FakeDue

ACCOUNT = Account("user123", KickbackType.POINT)
TOLD = datetime.fromisoformat("2026-11-22T12:00:00+09:00")


async def job(life: Life, when: datetime) -> None:
    life.moment = when
    await expire(Expiring(FakeDue(life.facts), life.posting(), concurrency=2), since=date(2022, 10, 1))


async def holds(life: Life, balances: Sequence[tuple[datetime, int]]) -> None:
    assert findings(life.facts.passbook(ACCOUNT)) == []
    standings = Standings(FakeLedger(life.facts), life.now, TOKYO)
    for when, balance in balances:
        standing = await standings.of(ACCOUNT, when)
        assert (standing.balance if standing else 0) == balance, when


def lines(life: Life) -> list[tuple[int, str]]:
    return [(one.amount, one.effective_at) for one in life.facts.passbook(ACCOUNT)]


@pytest.mark.parametrize(
    "jobs", [[], [OVER], [OVER, NOTHING_LEFT], [NOTHING_LEFT + timedelta(days=400)]], ids=["never", "1", "2", "late"]
)
async def test_lived_through(jobs: list[datetime]) -> None:
    life = Life(moment=PURCHASE[0])
    await life.buy(ACCOUNT, PURCHASE[1])
    life.moment = VISIT[0]
    await life.buy(ACCOUNT, VISIT[1])
    for when in jobs:
        if when < COUPON[0]:
            await job(life, when)
    life.moment = COUPON[0]
    _, outcome = await life.redeem(ACCOUNT, COUPON[1])
    assert isinstance(outcome, Carried)
    for when in jobs:
        if when > COUPON[0]:
            await job(life, when)
    life.moment = max(life.moment, NOTHING_LEFT)
    assert lines(life) == [*EARNED, EXPIRY_OF_PURCHASE, USED]
    assert [one.balance for one in life.facts.passbook(ACCOUNT)] == [5, 15, 10, 0]
    await holds(life, BALANCES)


@pytest.mark.parametrize("told", [[PURCHASE, VISIT], [VISIT, PURCHASE]], ids=["in order", "in reverse"])
@pytest.mark.parametrize("job_between", [False, True])
async def test_told_four_years_later(told: list[tuple[datetime, int]], job_between: bool) -> None:
    life = Life(moment=TOLD)
    for number, (when, amount) in enumerate(told, start=1):
        await life.buy(ACCOUNT, amount, late=life.moment - when)
        await holds(life, [(VISIT[0], sum(known for _, known in told[:number])), (NOTHING_LEFT, 0)])
        if job_between:
            await job(life, life.moment + timedelta(days=1))
    await holds(life, UNUSED)
    await job(life, life.moment + timedelta(days=1))
    await holds(life, UNUSED)
    assert sorted(lines(life)) == sorted([*EARNED, EXPIRY_OF_PURCHASE, EXPIRY_OF_VISIT])
    assert life.facts.passbook(ACCOUNT)[-1].balance == 0
