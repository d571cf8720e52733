"""The application on DynamoDB, with a projector inside it where the settings say so."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from uuid_utils import uuid7

from app.api.application import build_application
from app.api.services import Services
from app.bootstrap.binding import client_options
from app.bootstrap.projector import keep_projecting
from app.bootstrap.services import build_services
from app.settings import Settings
from app.store.client import admin_client, data_client
from app.store.tables import create_tables

# Longer than that nobody waits for a service to start; until there are views it answers from the facts.
_FIRST_VIEWS_SECONDS = 30.0


def create_app(settings: Settings) -> FastAPI:
    """On a developer's machine it makes its tables first."""

    @asynccontextmanager
    async def open_services() -> AsyncIterator[Services]:
        if settings.is_local:
            async with admin_client(settings.aws_region) as admin:
                names = settings.facts_table, settings.views_table
                await create_tables(admin, *names, stream=settings.projects_inside)
        async with data_client(client_options(settings)) as client, _projecting(settings):
            yield build_services(settings, client)

    return build_application(
        open_services, new_request_id=lambda: str(uuid7()), deadline_seconds=settings.request_seconds
    )


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
