"""The ledger under two service processes at once, and while they are killed."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest
import pytest_asyncio

from app.settings import Projector, Settings
from tests.bodies import body
from tests.e2e.commands import run_kickbacks
from tests.e2e.service import Service, service
from tests.http.points import day

pytestmark = pytest.mark.dynamodb

USERS = 16
KILLS = 3
DONE = {200, 201}
Send = tuple[str, dict[str, Any]]


@pytest_asyncio.fixture(scope="module")
async def two(make_settings: Callable[..., Awaitable[Settings]]) -> AsyncIterator[tuple[list[Service], dict[str, str]]]:
    """Two services on the same tables, and their environment."""
    settings = await make_settings(projector=Projector.OUTSIDE)
    environment = {
        "ENVIRONMENT": "local",
        "PROJECTOR": "outside",
        "FACTS_TABLE": settings.facts_table,
        "VIEWS_TABLE": settings.views_table,
        "DRAIN_SECONDS": "0",
    }
    async with AsyncExitStack() as stack:
        starting = (stack.enter_async_context(service(environment)) for _ in range(2))
        yield [await one for one in starting], environment


def purchase(user: str, number: int, points: int) -> Send:
    sent = body(
        user,
        transactionId=f"{user}-t{number}",
        transactionDate=day(2 + number),
        occurredAt=...,
        kickbackAmount=points,
        kickbackRate=...,
    )
    return "/transactions", {**sent, "userId": user}


def redemption(user: str, number: int, amount: int) -> Send:
    return f"/users/{user}/redemptions", {"redemptionId": f"r{number}", "type": "POINT", "amount": amount}


async def points(http: httpx.AsyncClient, url: str, user: str) -> dict[str, Any]:
    answer = (await http.get(f"{url}/users/{user}/ledger", params={"type": "POINT", "limit": 200})).raise_for_status()
    document: dict[str, Any] = answer.json()
    return document


async def test_sixty_redemptions_of_one_on_thirty_points(two: tuple[list[Service], dict[str, str]]) -> None:
    services, _ = two
    async with httpx.AsyncClient(timeout=60) as http:
        path, sent = purchase("sixty", 0, 30)
        assert (await http.post(services[0].url + path, json=sent)).status_code == 201

        async def redeem(number: int) -> httpx.Response:
            path, sent = redemption("sixty", number, 1)
            for _ in range(100):
                answer = await http.post(services[number % 2].url + path, json=sent)
                if answer.status_code != 503:
                    break
                await asyncio.sleep(0.05)
            return answer

        answers = await asyncio.gather(*(redeem(number) for number in range(60)))
        refused = [answer.json() for answer in answers if answer.status_code == 409]
        assert sorted(answer.status_code for answer in answers) == [201] * 30 + [409] * 30
        assert {(one["code"], one["available"], one["missing"]) for one in refused} == {("INSUFFICIENT_POINTS", 0, 1)}
        entries = (await points(http, services[1].url, "sixty"))["items"]
        assert sorted(one["version"] for one in entries) == list(range(1, 32))
        assert min(one["balance"] for one in entries) == 0


def life_of(user: str) -> list[Send]:
    """100 + 50 earned, 30 used of which 10 come back, 5 given, half of the second purchase taken back, all closed for
    every fourth."""
    closing: list[Send] = [(f"/users/{user}/closure", {"closureId": "l1", "reason": "left"})]
    return [
        purchase(user, 0, 100),
        redemption(user, 1, 30),
        (f"/users/{user}/redemptions/r1/cancellations", {"cancellationId": "c1", "amount": 10}),
        purchase(user, 1, 50),
        (f"/users/{user}/adjustments", {"adjustmentId": "a1", "type": "POINT", "amount": 5, "reason": "Goodwill"}),
        (f"/transactions/{user}-t1/reversals", {"reversalId": "v1", "amount": 2500}),
        *(closing if user.endswith(("0", "4")) else []),
    ]


AFTER = 100 + 50 - 30 + 10 + 5 - 25


async def live(
    http: httpx.AsyncClient, services: list[Service], user: str, answered: list[int], running: asyncio.Event
) -> None:
    """Sends each command until it is answered, to any of the services. What is under way when one is killed is cut;
    what comes next waits until all are `running`."""
    at = random.Random(user)
    for path, sent in life_of(user):
        while True:
            await running.wait()
            try:
                answer = await http.post(at.choice(services).url + path, json=sent)
            except httpx.TransportError:
                continue
            if answer.status_code in DONE:
                break
            assert answer.status_code == 503, answer.text
        answered.append(answer.status_code)


async def test_killed_under_a_mixed_load(two: tuple[list[Service], dict[str, str]]) -> None:
    services, environment = two
    users = [f"life{number}" for number in range(USERS)]
    running = asyncio.Event()
    running.set()
    rng, answered = random.Random(4), list[int]()
    all_of_it = sum(len(life_of(user)) for user in users)
    async with httpx.AsyncClient(timeout=60) as http:
        living = asyncio.gather(*(live(http, services, user, answered, running) for user in users))
        for kill in range(KILLS):
            enough = all_of_it * (kill + 1) // (KILLS + 2)
            while len(answered) < enough and not living.done():  # noqa: ASYNC110 - the moment is to be any
                await asyncio.sleep(0.002)
            await asyncio.sleep(rng.random() * 0.05)
            assert not living.done(), "killed while nothing was under way"
            victim = services[kill % 2]
            running.clear()
            await victim.kill()
            await victim.start()
            running.set()
        await living
        for user in users:
            book = await points(http, services[0].url, user)
            closed = user.endswith(("0", "4"))
            assert book["items"][0]["balance"] == (0 if closed else AFTER), user
            assert len(book["items"]) == len({one["version"] for one in book["items"]})
        again = [await http.post(services[1].url + path, json=sent) for path, sent in life_of(users[1])]
        assert {one.status_code for one in again} == {200}
    code, said = await run_kickbacks(environment, "verify")
    assert code == 0, said
