"""The application on DynamoDB, with a projector inside it where the settings say so."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import structlog
from fastapi import FastAPI
from uuid_utils import uuid7

from app.api.application import build_application
from app.api.protection import Protection
from app.api.rate_limits import MOST_BUCKETS
from app.api.services import Services
from app.bootstrap.binding import client_options
from app.bootstrap.identity import open_identity
from app.bootstrap.projector import keep_projecting
from app.bootstrap.services import build_services
from app.bootstrap.vault import open_vault
from app.domain.token_buckets import Allowance, TokenBuckets
from app.settings import Settings
from app.store.client import admin_client, data_client
from app.store.tables import create_tables, create_vault_table
from app.tracing import open_tracing

# Longer than that nobody waits for a service to start; until there are views it answers from the facts.
_FIRST_VIEWS_SECONDS = 30.0

_log = structlog.get_logger("kickbacks.access")


def create_app(settings: Settings) -> FastAPI:
    """On a developer's machine it makes its tables first."""

    @asynccontextmanager
    async def open_services() -> AsyncIterator[Services]:
        if settings.is_local:
            async with admin_client(settings.aws_region) as admin:
                names = settings.facts_table, settings.views_table
                await create_tables(admin, *names, stream=settings.projects_inside)
                await create_vault_table(admin, settings.vault_table)
        async with (
            open_tracing(settings),
            data_client(client_options(settings)) as client,
            _projecting(settings),
            open_vault(settings, client) as vault,
            open_identity(settings, vault) as identity,
        ):
            if settings.is_open:
                _log.warning("open: nobody is asked who they are", environment=settings.environment.value)
            yield build_services(settings, client, identity, vault)

    return build_application(
        open_services,
        new_request_id=lambda: str(uuid7()),
        deadline_seconds=settings.request_seconds,
        protection=protection_of(settings),
    )


def protection_of(settings: Settings) -> Protection:
    """What of the settings the layers before the routes need."""
    return Protection(
        is_open=settings.is_open,
        open_to_network=settings.open_to_network,
        docs_enabled=settings.docs_enabled,
        openid_issuer=settings.auth_issuer,
        only_https=not settings.is_local,
        cors_origins=tuple(settings.cors_origins),
        max_requests=settings.max_requests,
        callers=_buckets(settings.caller_allowance, settings.caller_allowances),
        addresses=_buckets(settings.address_allowance),
        trusted_proxies=settings.trusted_proxies,
    )


def _buckets(allowance: Allowance | None, of: Mapping[str, Allowance] | None = None) -> TokenBuckets | None:
    return TokenBuckets(allowance, most=MOST_BUCKETS, of=of) if allowance is not None else None


@asynccontextmanager
async def _projecting(settings: Settings) -> AsyncIterator[None]:
    """The projector as a task beside the requests, stopped when they have ended. The first views are made before the
    first request is taken: a write that is under way meanwhile could be left out."""
    if not settings.projects_inside:
        yield
        return
    stop, ready = asyncio.Event(), asyncio.Event()
    task = asyncio.create_task(keep_projecting(settings, stop, ready))
    waiting = asyncio.create_task(ready.wait())
    await asyncio.wait({task, waiting}, timeout=_FIRST_VIEWS_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    try:
        yield
    finally:
        stop.set()
        await task
