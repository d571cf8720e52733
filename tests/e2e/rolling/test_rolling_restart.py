"""Two instances replaced one after the other under load: nothing that was acknowledged is lost, and clients see no
error but lost connections, which the same request again cures."""

import asyncio
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio

from app.settings import Settings
from tests.e2e.commands import run_kickbacks
from tests.e2e.rolling.balancer import Balancer, balancer
from tests.e2e.rolling.books import Books, books
from tests.e2e.rolling.clients import EARNED, USED, Tally, steady_load
from tests.e2e.service import Service, service
from tests.e2e.workers import workers

pytestmark = [pytest.mark.dynamodb, pytest.mark.faults]

CLIENTS = 8
DRAIN_SECONDS = 1.5
SHUTDOWN_SECONDS = 20
STEADY_SECONDS = 1.0
MANY = 50


@dataclass(frozen=True, slots=True)
class Fleet:
    """Two instances, and the environment of whatever else works on their tables."""

    instances: list[Service]
    settings: Settings
    environment: dict[str, str]


@pytest_asyncio.fixture
async def fleet(make_settings: Any) -> AsyncIterator[Fleet]:
    settings = await make_settings()
    environment = {
        "ENVIRONMENT": "local",
        "PROJECTOR": "outside",
        "FACTS_TABLE": settings.facts_table,
        "VIEWS_TABLE": settings.views_table,
        "VAULT_TABLE": settings.vault_table,
        "VAULT_KEY_FILE": str(settings.vault_key_file),
        "DRAIN_SECONDS": str(DRAIN_SECONDS),
        "SHUTDOWN_SECONDS": str(SHUTDOWN_SECONDS),
        "STREAM_LEASE_SECONDS": "0.5",
        # On a busy machine DynamoDB Local may be slow: that is not what is asked here.
        "DATABASE_READ_SECONDS": "10",
        "REQUEST_SECONDS": "30",
    }
    async with AsyncExitStack() as stack:
        instances = [await stack.enter_async_context(service(environment)) for _ in range(2)]
        yield Fleet(instances, settings, environment)


async def test_two_instances_are_replaced_under_load(
    fleet: Fleet, admin: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    tally = Tally()
    async with workers(fleet.environment) as projectors:
        await projectors.start()
        await under_load(fleet, tally)
        with capsys.disabled():
            print("", *tally.lines(), sep="\n  ")
        assert_nothing_lost(await books(admin, fleet.settings.facts_table), tally)
        # It waits as long as a write may be under way: none is any more.
        code, said = await run_kickbacks({**fleet.environment, "REQUEST_SECONDS": "1"}, "verify")
        assert code == 0, said
    assert tally.resets["SIGTERM 1"] == tally.resets["SIGTERM 2"] == 0
    assert tally.resets["SIGKILL"] >= tally.retried["SIGKILL"] > 0
    assert all(tally.served[one.url] > MANY for one in fleet.instances)


async def under_load(fleet: Fleet, tally: Tally) -> None:
    """Politely one after the other, then one without a word."""
    names = [f"c{number}" for number in range(CLIENTS)]
    async with balancer([one.url for one in fleet.instances]) as balancing, steady_load(balancing, names, tally):
        await asyncio.sleep(STEADY_SECONDS)
        for number, one in enumerate(fleet.instances, start=1):
            tally.phase = f"SIGTERM {number}"
            await replace(one, signal.SIGTERM, balancing)
        tally.phase = "SIGKILL"
        await replace(fleet.instances[0], signal.SIGKILL, balancing)


async def replace(one: Service, with_signal: signal.Signals, balancing: Balancer) -> None:
    """Ends it and starts it again, and looks at the load on both a moment later."""
    started = time.perf_counter()
    code = await one.stop(with_signal)
    took = time.perf_counter() - started
    if with_signal is signal.SIGTERM:
        assert code == 0
        assert DRAIN_SECONDS <= took < DRAIN_SECONDS + SHUTDOWN_SECONDS
    await balancing.until(one.url, ready=False)
    await one.start()
    await balancing.until(one.url, ready=True)
    await asyncio.sleep(STEADY_SECONDS)


def assert_nothing_lost(found: Books, tally: Tally) -> None:
    """Each acknowledged purchase and redemption once, nothing besides, and the sums that follow."""
    assert found.purchases == found.guards == Counter(tally.purchases.keys())
    earned = Counter(tally.purchases.values())
    assert set(found.entries) == set(earned)
    for user, purchases in earned.items():
        assert found.kinds(user) == Counter({"EARN": purchases, "USE": tally.redemptions[user]})
        assert found.balance(user) == EARNED * purchases - USED * tally.redemptions[user]
