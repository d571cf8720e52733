"""What a client sees, and what is stored, when calls to DynamoDB go wrong while a command on an account is carried
out: sent again until it is answered, it has been done once."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable

import pytest
from httpx import AsyncClient, Response

from tests.faults.conftest import Rig
from tests.faults.proxy import Fault
from tests.http.points import balance, cancel, earn, redeem

pytestmark = pytest.mark.dynamodb

Send = Callable[[AsyncClient, str], Awaitable[Response]]


async def close(http: AsyncClient, user: str) -> Response:
    return await http.post(f"/users/{user}/closure", json={"closureId": "l1", "reason": "left"})


async def adjust(http: AsyncClient, user: str) -> Response:
    sent = {"adjustmentId": "a1", "type": "POINT", "amount": 5, "reason": "Goodwill"}
    return await http.post(f"/users/{user}/adjustments", json=sent)


# The command, and the balance after it on an account of 50 of which 30 were redeemed as r1.
COMMANDS: dict[str, tuple[Send, int]] = {
    "redemption": (lambda http, user: redeem(http, user, 20, "r2"), 0),
    "cancellation": (lambda http, user: cancel(http, user, amount=10), 30),
    "closure": (close, 0),
    "adjustment": (adjust, 25),
}


async def accounts(rig: Rig, test: str) -> list[tuple[str, Send, int]]:
    """A user for each command."""
    users = [(f"{test}-{name}", send, after) for name, (send, after) in COMMANDS.items()]
    for user, _, _ in users:
        await earn(rig.http, user, 50)
        assert (await redeem(rig.http, user, 30)).status_code == 201
    return users


async def entries(rig: Rig, user: str) -> int:
    return sum(item["userId"]["S"] == user for item in await rig.items("LEDGER#"))


async def test_an_answer_that_is_lost_every_time_is_503_and_the_same_again_settles_it(rig: Rig) -> None:
    for user, send, after in await accounts(rig, "lost"):
        rig.proxy.once("TransactWriteItems", Fault.LOSE_RESPONSE, Fault.LOSE_RESPONSE)
        answer = await send(rig.http, user)
        assert (answer.status_code, answer.json()["code"]) == (503, "UNAVAILABLE"), user
        assert answer.headers["retry-after"]
        again = await send(rig.replicas[1], user)
        assert (again.status_code, again.headers["idempotency-replayed"]) == (200, "true"), user
        assert await balance(rig.http, user) == after
        assert await entries(rig, user) == 3


@pytest.mark.parametrize("fault", [Fault.LOSE_RESPONSE, Fault.LOSE_REQUEST])
async def test_one_lost_call_is_healed_inside(rig: Rig, fault: Fault) -> None:
    for user, send, after in await accounts(rig, "healed"):
        rig.proxy.once("TransactWriteItems", fault)
        assert (await send(rig.http, user)).status_code == 201, user
        assert await balance(rig.http, user) == after
        assert await entries(rig, user) == 3


async def test_throttled_throughout_is_503_with_nothing_written(rig: Rig) -> None:
    for user, send, after in await accounts(rig, "throttled"):
        rig.proxy.decide = lambda name: Fault.THROTTLE if name == "TransactWriteItems" else None
        assert (await send(rig.http, user)).status_code == 503, user
        rig.proxy.decide = lambda _: None
        assert await entries(rig, user) == 2
        assert (await send(rig.http, user)).status_code == 201, user
        assert await balance(rig.http, user) == after


async def test_conflicts_are_decided_again_a_bounded_number_of_times(rig: Rig) -> None:
    for user, send, after in await accounts(rig, "conflicts"):
        rig.proxy.once("TransactWriteItems", *[Fault.CONFLICT] * 4)
        assert (await send(rig.http, user)).status_code == 201, user
        assert await balance(rig.http, user) == after
    before = rig.proxy.seen["TransactWriteItems"]
    rig.proxy.decide = lambda name: Fault.CONFLICT if name == "TransactWriteItems" else None
    assert (await redeem(rig.http, "conflicts-adjustment", 1, "r9")).status_code == 503
    assert rig.proxy.seen["TransactWriteItems"] == before + 10


async def test_faults_of_every_kind_use_no_point_twice(rig: Rig) -> None:
    await earn(rig.http, "mixed", 30)
    kinds = [Fault.LOSE_RESPONSE, Fault.CONFLICT, Fault.LOSE_REQUEST, Fault.THROTTLE, Fault.INTERNAL]
    faults = itertools.cycle([*kinds, None, None, None])
    rig.proxy.decide = lambda name: next(faults) if name == "TransactWriteItems" else None
    answered: dict[str, int] = {}
    waiting = [f"r{n}" for n in range(20)]
    for _ in range(30):
        answers = await asyncio.gather(*(redeem(rig.replicas[n % 2], "mixed", 2, one) for n, one in enumerate(waiting)))
        answered |= {one: answer.status_code for one, answer in zip(waiting, answers, strict=True)}
        waiting = [one for one in waiting if answered[one] == 503]
        if not waiting:
            break
    rig.proxy.decide = lambda _: None
    assert all(rig.proxy.fired[kind] for kind in kinds)
    assert sum(status in (200, 201) for status in answered.values()) == 15
    assert sum(status == 409 for status in answered.values()) == 5
    assert await balance(rig.http, "mixed") == 0
    assert await entries(rig, "mixed") == 16
