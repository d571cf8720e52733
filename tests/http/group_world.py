"""The application on views and purchases in memory, and callers who are known by a word."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime

from httpx import ASGITransport, AsyncClient

from app.api.application import build_application
from app.api.protection import Protection
from app.api.services import Services
from app.bootstrap.services import build_services
from app.domain.access import Principal, Scope
from app.domain.purchases import Purchase
from app.ports.identity import TokenRefused
from app.ports.projection import Progress
from app.queries.freshness import Freshness
from app.settings import Environment, Projector, Settings
from tests.fakes import FakeFacts
from tests.fakes.categories import FakeCategories
from tests.fakes.documents import figures_of
from tests.fakes.projection import FakeProjection
from tests.fakes.timelines import FakeTimelines
from tests.fakes.views import FakeViews
from tests.fakes.views_reading import FakeViewsReading
from tests.projections.events import GENERATION, plain_fold

NOW = datetime(2023, 7, 1, tzinfo=UTC)
CALLERS = {
    "administrator": Principal("administrator", frozenset({Scope.ADMIN})),
    "analyst": Principal("analyst", frozenset({Scope.ANALYZE})),
    "auditor": Principal("auditor", frozenset(set(Scope) - {Scope.ADMIN})),
    "hanako": Principal("hanako", user_id="hanako"),
}


class KnownCallers:
    """Each is their own token."""

    async def principal_of(self, token: str) -> Principal:
        """See Identity."""
        if token not in CALLERS:
            raise TokenRefused("nobody's")
        return CALLERS[token]


@asynccontextmanager
async def serving(
    purchases: Sequence[Purchase], *, least: int = 5, is_open: bool = True, without_users: bool = False
) -> AsyncIterator[AsyncClient]:
    """A client of the service that has recorded and counted these; `without_users`: as an older version did."""
    settings = Settings(environment=Environment.LOCAL, projector=Projector.OUTSIDE, min_group_members=least)

    @asynccontextmanager
    async def open_services() -> AsyncIterator[Services]:
        yield _services(settings, purchases, without_users=without_users)

    app = build_application(
        open_services, new_request_id=lambda: "id", deadline_seconds=15, protection=Protection(is_open=is_open)
    )
    async with app.router.lifespan_context(app):
        transport = ASGITransport(app=app, raise_app_exceptions=False)
        async with AsyncClient(transport=transport, base_url="http://kickbacks.test") as http:
            yield http


def _services(settings: Settings, purchases: Sequence[Purchase], *, without_users: bool) -> Services:
    facts, views = FakeFacts(), FakeViews()
    for one in purchases:
        facts.purchases[one.user_id, one.transaction_date, one.transaction_id] = one
        facts.categories.add((one.transaction_date.isoformat()[:7], one.category))
    for view_id, row in plain_fold(map(figures_of, purchases)).items():
        views.rows[GENERATION.number, view_id] = replace(row, users=b"") if without_users else row
    counted = Progress("shard-1", "shard-1", 0, watermark="2023-06-30T23:59:59.500000Z")
    projection = FakeProjection(GENERATION, {(GENERATION.number, "shard-1"): counted})
    services = build_services(settings, None)
    timelines = FakeTimelines(facts)
    return replace(
        services,
        identity=KnownCallers(),
        timelines=timelines,
        views=FakeViewsReading(views),
        live=replace(services.live, timelines=timelines, categories=FakeCategories(facts), now=lambda: NOW),
        freshness=Freshness(projection, own_writes=0, clock=lambda: 0.0, now=lambda: NOW),
    )
