"""The rounds: every kind of work on all sides in turn, first on the canned database, then on the real one."""

import os
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum

from app.embedded import default_home, embedded_dynamodb
from app.settings import Environment, Settings
from bench.compare.cores import Cores, cores
from bench.compare.rounds import Rounds, Slices
from bench.compare.seeding import seed_all
from bench.compare.sides import Side, started
from bench.compare.slices import Database
from bench.compare.works import Work
from bench.http_client import Connection
from bench.processes import Service, child_environment, server


class Against(StrEnum):
    """What the servers ask."""

    CANNED = "canned"
    LOCAL = "local"


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured: `seconds` of each slice."""

    rounds: int
    seconds: float
    works: tuple[Work, ...]
    sides: tuple[Side, ...]
    against: tuple[Against, ...]


@dataclass(slots=True)
class Measured:
    """All slices, in the order of the rounds; whether the servers had a core of their own."""

    pinned: bool
    slices: dict[Against, Slices] = field(default_factory=dict)


async def measure(plan: Plan, say: Callable[[str], None]) -> Measured:
    """Starts a DynamoDB Local, fills it, and measures. Raises EmbeddedError, Unexpected, TimeoutError."""
    apart, day = cores(), datetime.now(UTC).date()
    measured = Measured(apart.pinned)
    async with AsyncExitStack() as stack:
        endpoint = await stack.enter_async_context(embedded_dynamodb(home=default_home(os.environ), data=None))
        os.environ.update(_environment(endpoint.url))  # what is put into the tables is put by this process
        say("putting purchases into the tables")
        await seed_all(Settings(environment=Environment.LOCAL), plan.sides, day)
        real = Service(endpoint.url, endpoint.pid)
        for against in plan.against:
            say(f"{against}: starting the servers")
            measured.slices[against] = await _against(against, real, apart, plan, day, say)
    return measured


async def _against(
    against: Against, real: Service, apart: Cores, plan: Plan, day: date, say: Callable[[str], None]
) -> Slices:
    async with AsyncExitStack() as stack:
        database = Database(real.pid)
        url = real.url
        if against is Against.CANNED:
            canned = await stack.enter_async_context(server(["-m", "bench.canned", "--upstream", url], {**os.environ}))
            connection = await Connection.open(canned.url)
            stack.callback(connection.close)
            url, database = canned.url, Database(canned.pid, connection)
        servers = await started(stack, plan.sides, {**os.environ, **_address(url)})
        around = {os.getpid(), real.pid, database.pid}
        apart.keep_servers(one.pid for one in servers.values())
        apart.keep_others(around)
        stack.callback(apart.release, {os.getpid(), real.pid})
        return await Rounds(servers, database, plan.works, plan.seconds, day).run(plan.rounds, str(against), say)


def _environment(url: str) -> dict[str, str]:
    """Nobody projects, and so nothing waits for it: purchases are posted between rankings."""
    tables = {"FACTS_TABLE": "CompareFacts", "VIEWS_TABLE": "CompareViews"}
    return child_environment(url) | tables | {"PROJECTOR": "outside", "OWN_WRITES_SECONDS": "0"}


def _address(url: str) -> dict[str, str]:
    return {"AWS_ENDPOINT_URL_DYNAMODB": url, "AWS_ENDPOINT_URL_DYNAMODB_STREAMS": url}
