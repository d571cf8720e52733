"""The FastAPI application: routes, error answers, documentation that works without internet."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline
from starlette.types import ASGIApp, Lifespan

from app.api import (
    adjustments,
    audit,
    balances,
    benefits,
    cancellations,
    card_rankings,
    cards,
    category_rankings,
    closure,
    detokenizations,
    efficiency,
    erasures,
    errors,
    explanations,
    health,
    identities,
    journal,
    kickbacks,
    ledger,
    lots,
    me,
    profiles,
    rankings,
    redemptions,
    reports,
    reversals,
    streaks,
    timelines,
    transactions,
    transactions_batch,
)
from app.api.access_rules import gates
from app.api.layers import build_layers
from app.api.openapi import describe
from app.api.protection import OPEN_SERVICE, Protection
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
    audit.router,
    cards.router,
    detokenizations.router,
    identities.router,
    profiles.router,
    erasures.router,
    me.router,
    health.router,
)


def build_application(
    open_services: Callable[[], AbstractAsyncContextManager[Services]],
    *,
    new_request_id: Callable[[], str],
    deadline_seconds: float,
    protection: Protection = OPEN_SERVICE,
) -> FastAPI:
    """`open_services` is entered when the server starts and left when it stops. Raises RuntimeError for a route of
    which nobody has said who may call it."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_services() as services:
            app.state.services = services
            yield

    app = _fastapi(lifespan, with_docs=protection.docs_enabled)
    app.state.draining = False
    for router in ROUTERS:
        app.include_router(router)
    errors.install(app)
    table = gates(app.routes)
    fastapis_own = app.build_middleware_stack

    def layers() -> ASGIApp:
        """Called by Starlette with the first request."""
        return build_layers(
            app,
            fastapis_own(),
            gates=table,
            protection=protection,
            new_request_id=new_request_id,
            deadline_seconds=deadline_seconds,
        )

    app.build_middleware_stack = layers  # type: ignore[method-assign]  # a function makes it: no class to extend
    describe(app, protection)
    return app


def _fastapi(lifespan: Lifespan[FastAPI], *, with_docs: bool) -> FastAPI:
    make = FastAPIOffline if with_docs else partial(FastAPI, docs_url=None, openapi_url=None)
    app: FastAPI = make(
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
    return app
