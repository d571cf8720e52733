"""Everything that is measured, one part after another, each with tables of its own."""

import os
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

from app.bootstrap.binding import client_options
from app.bootstrap.projector import projection_of
from app.embedded import default_home, embedded_dynamodb
from app.settings import Environment, Settings
from app.store.client import admin_client, data_client
from app.store.tables import create_tables
from bench.processes import child_environment, service
from bench.views.card_year import CardYear, daily, measure_card_year
from bench.views.freshness import measure_freshness
from bench.views.growth import Growth, measure_growth, seeded
from bench.views.seeding import make_tables, seed
from bench.views.speed import Passes, measure_speed
from bench.views.units import UnitsResult, measure_units

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured. `sizes` are purchases of a month, `seconds` of each measurement."""

    sizes: tuple[int, ...]
    seconds: float
    rounds: int
    warm: int
    measured: int
    posts: int


@dataclass(frozen=True, slots=True)
class Measured:
    """All results; `freshness` in seconds, in the order of the posts."""

    growth: list[Growth]
    card_year: CardYear
    units: UnitsResult
    speed: Passes
    freshness: list[float]


async def measure(plan: Plan, say: Say) -> Measured:
    """Starts a DynamoDB Local and a service for each part, and stops them."""
    async with AsyncExitStack() as stack:
        endpoint = await stack.enter_async_context(embedded_dynamodb(home=default_home(os.environ), data=None))
        os.environ.update(child_environment(endpoint.url))  # the projectors are in this process
        admin = await stack.enter_async_context(admin_client(_settings("any").aws_region))
        client = await stack.enter_async_context(data_client(client_options(_settings("any"))))
        parts = _Parts(plan, say, endpoint.url, admin, client)
        growth, card_year = await parts.growth()
        return Measured(growth, card_year, await parts.units(), await parts.speed(), await parts.freshness())


@dataclass(frozen=True, slots=True)
class _Parts:
    plan: Plan
    say: Say
    url: str
    admin: Any
    client: Any

    async def growth(self) -> tuple[list[Growth], CardYear]:
        settings = _settings("Growth")
        await make_tables(self.admin, settings)
        self.say(f"putting {sum(self.plan.sizes):,} purchases into the tables")
        generation = await seed(settings, self.client, [*daily(), *seeded(self.plan.sizes)])
        async with self._service(settings, PROJECTOR="outside") as one:
            self.say("rankings over few and many purchases")
            plan = self.plan
            grown = await measure_growth(one, plan.sizes, seconds=plan.seconds, rounds=plan.rounds, say=self.say)
        self.say("years of a card")
        return grown, await measure_card_year(settings, self.client, generation)

    async def units(self) -> UnitsResult:
        settings = _settings("Units")
        self.say("write units")
        await create_tables(self.admin, settings.facts_table, settings.views_table)
        return await measure_units(settings, self.client, warm=self.plan.warm, measured=self.plan.measured)

    async def speed(self) -> Passes:
        settings, plan = _settings("Speed"), self.plan
        self.say("import and projector")
        await create_tables(self.admin, settings.facts_table, settings.views_table)  # with a stream
        async with self._service(settings, PROJECTOR="outside") as one:
            return await measure_speed(
                settings, self.client, one.url, self.url, seconds=plan.seconds, rounds=plan.rounds
            )

    async def freshness(self) -> list[float]:
        settings = _settings("Fresh")
        self.say("freshness")
        async with self._service(settings, PROJECTOR="inside", OWN_WRITES_SECONDS="0") as one:
            return await measure_freshness(one.url, projection_of(settings, self.client), posts=self.plan.posts)

    def _service(self, settings: Settings, **more: str) -> Any:
        tables = {"FACTS_TABLE": settings.facts_table, "VIEWS_TABLE": settings.views_table}
        return service({**os.environ, **tables, **more})


def _settings(part: str) -> Settings:
    return Settings(environment=Environment.LOCAL, facts_table=f"{part}Facts", views_table=f"{part}Views")
