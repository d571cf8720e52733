"""The FastAPI application: routes, error answers, documentation that works without internet."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline
from starlette.types import ASGIApp

from app.api import (
    adjustments,
    balances,
    benefits,
    cancellations,
    card_rankings,
    category_rankings,
    closure,
    efficiency,
    errors,
    explanations,
    health,
    journal,
    kickbacks,
    ledger,
    lots,
    rankings,
    redemptions,
    reports,
    reversals,
    streaks,
    timelines,
    transactions,
    transactions_batch,
)
from app.api.direct_routes import DirectRoutes
from app.api.middleware import RequestMiddleware
from app.api.openapi import describe
from app.api.services import Services

ROUTERS = (
    transactions.router,
    reversals.router,
    transactions_batch.router,
    kickbacks.router,
    rankings.router,
    category_rankings.router,
    card_rankings.router,
    efficiency.router,
    reports.router,
    journal.router,
    timelines.router,
    balances.router,
    ledger.router,
    lots.router,
    redemptions.router,
    cancellations.router,
    closure.router,
    adjustments.router,
    benefits.router,
    streaks.router,
    explanations.router,
    health.router,
)


def build_application(
    open_services: Callable[[], AbstractAsyncContextManager[Services]],
    *,
    new_request_id: Callable[[], str],
    deadline_seconds: float,
) -> FastAPI:
    """`open_services` is entered when the server starts and left when it stops."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_services() as services:
            app.state.services = services
            yield

    app = FastAPIOffline(
        title="Kickbacks",
        version="0.1.0",
        summary="Card purchases, the points, miles and cashback they earn, and who leads.",
        redoc_url=None,
        lifespan=lifespan,
        redirect_slashes=False,
        # FastAPI's own telemetry would carry the texts of exceptions outside; see app.telemetry and app.logs for ours.
        telemetry={"tracing": False, "metrics": False, "logs": False},
        swagger_ui_parameters={"tryItOutEnabled": True, "displayRequestDuration": True},
    )
    app.state.draining = False
    for router in ROUTERS:
        app.include_router(router)
    errors.install(app)
    fastapis_own = app.build_middleware_stack

    def build_layers() -> ASGIApp:
        """Called by Starlette with the first request. FastAPI's layers are only for what has no plan."""
        short_way = DirectRoutes(fastapis_own(), routes=app.routes)
        return RequestMiddleware(short_way, new_id=new_request_id, deadline_seconds=deadline_seconds)

    app.build_middleware_stack = build_layers  # type: ignore[method-assign]  # a function makes it: no class to extend
    describe(app)
    return app
