"""The process ends before or after any one of the calls that a command makes: whatever was done until then, the same
command sent again to another process completes it, and the passbook is the one of an undisturbed run."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from httpx import AsyncClient

from app.commands.expire_points import expire_points
from app.domain.kickbacks import KickbackType
from app.domain.ledger import Account, LedgerEntry
from tests.domain.passbooks import findings
from tests.faults.conftest import Rig
from tests.faults.proxy import Fault
from tests.http.points import cancel, earn, redeem
from tests.http.settled import services_behind

pytestmark = pytest.mark.dynamodb

Command = Callable[[AsyncClient, str], Awaitable[Any]]
LATER = timedelta(days=400)
BENEFIT = {"name": "Sign-up", "trigger": "SIGN_UP", "type": "POINT", "amount": 7}


def post(path: str, **sent: Any) -> Command:
    async def send(http: AsyncClient, user: str) -> int:
        return (await http.post(path.format(user=user), json=sent)).status_code

    return send


async def redemption(http: AsyncClient, user: str) -> int:
    return (await redeem(http, user, 45, "r2")).status_code


async def cancellation(http: AsyncClient, user: str) -> int:
    return (await cancel(http, user, amount=10)).status_code


async def expiry(http: AsyncClient, user: str) -> int:
    """As the nightly job does it, long after."""
    posting = services_behind(http).posting
    later = posting.now() + LATER
    using = replace(posting, now=lambda: later)
    await expire_points(Account(user, KickbackType.POINT), until=later, using=using, note=lambda _: None)
    return 200


COMMANDS: dict[str, Command] = {
    "redemption": redemption,
    "cancellation": cancellation,
    "reversal": post("/transactions/{user}-b/reversals", reversalId="v1", amount=2500),
    "closure": post("/users/{user}/closure", closureId="l1", reason="left"),
    "adjustment": post("/users/{user}/adjustments", adjustmentId="a1", type="POINT", amount=-5, reason="Goodwill"),
    "exercise": post("/users/{user}/benefits/sign-up/exercises", exerciseId="e1"),
    "expiry": expiry,
}


async def prepared(http: AsyncClient, user: str) -> None:
    """Two lots, of which 30 points are used."""
    await earn(http, user, 50, ago=9, transactionId=f"{user}-a")
    await earn(http, user, 40, ago=2, transactionId=f"{user}-b")
    assert (await redeem(http, user, 30)).status_code == 201


async def book(http: AsyncClient, user: str) -> list[tuple[str, int, int, int]]:
    """What happened, entry by entry, after checking that the chain is whole."""
    entries: list[LedgerEntry] = list(
        await services_behind(http).ledger.oldest_first(Account(user, KickbackType.POINT), since=1, limit=100)
    )
    assert findings(entries) == []
    return [(one.kind.value, one.amount, one.balance, len(one.lots)) for one in entries]


async def dying(rig: Rig, command: Command, user: str, *, at: int, fault: Fault) -> bool:
    """Sends the command to a process that ends at its call number `at`. False: it had fewer calls."""
    died, calls = asyncio.Event(), 0

    def decide(_: str) -> Fault | None:
        nonlocal calls
        calls += 1
        if calls < at:
            return None
        died.set()
        return fault if calls == at else Fault.LOSE_REQUEST

    rig.proxy.decide = decide
    running, dead = asyncio.ensure_future(command(rig.http, user)), asyncio.ensure_future(died.wait())
    await asyncio.wait({running, dead}, return_when=asyncio.FIRST_COMPLETED)
    if dead.done():
        # The call that is under way goes through or not; nothing comes after it.
        await asyncio.wait({running}, timeout=0.05)
    for one in (running, dead):
        one.cancel()
    await asyncio.gather(running, dead, return_exceptions=True)
    rig.proxy.decide = lambda _: None
    return died.is_set()


@pytest.mark.parametrize("name", COMMANDS)
async def test_the_same_again_completes_it(rig: Rig, name: str) -> None:
    command, survivor = COMMANDS[name], rig.replicas[1]
    assert (await rig.http.put("/benefits/sign-up", json=BENEFIT)).status_code == 201
    await prepared(survivor, name)
    before = await book(survivor, name)
    assert await command(survivor, name) in (200, 201)
    wanted = await book(survivor, name)
    assert len(wanted) > len(before)
    seen = set()
    for fault in (Fault.LOSE_REQUEST, Fault.LOSE_RESPONSE):
        for at in range(1, 20):
            user = f"{name}-{fault.name}-{at}"
            await prepared(survivor, user)
            if not await dying(rig, command, user, at=at, fault=fault):
                break
            left = await book(survivor, user)
            assert left in (before, wanted), "all of it or nothing"
            seen.add(left == wanted)
            assert await command(survivor, user) in (200, 201)
            assert await command(survivor, user) in (200, 201)
            assert await book(survivor, user) == wanted
        assert at > 1
    assert seen == {False, True}, "some ended before it was written, some after"
