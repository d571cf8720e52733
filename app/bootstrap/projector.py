"""The projector: the stream, the views it writes, and the loop that joins them."""

import asyncio
import os
import random
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import structlog
from uuid_utils import uuid4

from app.bootstrap.binding import client_options, now
from app.bootstrap.rebuilding import make_first_generation
from app.bootstrap.sealing import sealing_beside
from app.ports.errors import StoreError
from app.projections.applying import Applying
from app.projections.remembered import RememberedRows
from app.retrying import Backoff
from app.settings import Settings
from app.store.client import admin_client, data_client, streams_client
from app.store.database import Database
from app.store.projection import DynamoProjection
from app.store.streams import DynamoStream
from app.store.tables import create_tables
from app.store.view_writes import DynamoViewWriter
from app.stream.handler import Handling
from app.stream.pace import Pace
from app.stream.parts import ProjectorParts
from app.stream.poller import poll
from app.tracing import open_tracing

_REMEMBERED_ROWS = 20_000
_ROW_ATTEMPTS = 20
# How long a moving watermark may go unsaved: a write each, which costs nothing on a developer's machine.
_NOTE_SECONDS, _LOCAL_NOTE_SECONDS = 1.0, 0.25
_log = structlog.get_logger("kickbacks.projector")


def new_token() -> str:
    """For a transaction."""
    return str(uuid4())


def backoff() -> Backoff:
    """Between two tries at rows that others write too."""
    return Backoff(_ROW_ATTEMPTS, random.random)


def projection_of(settings: Settings, client: Any) -> DynamoProjection:
    """What the projector remembers."""
    views = Database(client, settings.views_table, replaceable=True)
    return DynamoProjection(views, asyncio.Semaphore(settings.view_calls), backoff())


def view_writer_of(settings: Settings, client: Any) -> DynamoViewWriter:
    """How rows are saved."""
    views = Database(client, settings.views_table, replaceable=True)
    return DynamoViewWriter(
        views, settings.rows_in_a_call, asyncio.Semaphore(settings.view_calls), backoff(), new_token
    )


@asynccontextmanager
async def open_projector(settings: Settings) -> AsyncIterator[ProjectorParts]:
    """With clients of its own, so that it takes no connection from requests."""
    options = client_options(settings)
    async with data_client(options) as client, streams_client(options) as streams:
        projection = projection_of(settings, client)
        yield ProjectorParts(
            stream=DynamoStream(streams, settings.facts_table),
            projection=projection,
            handling=Handling(
                applying=Applying(view_writer_of(settings, client), RememberedRows(_REMEMBERED_ROWS), backoff()),
                projection=projection,
                now=now,
            ),
        )


async def run_projector(settings: Settings, stop: asyncio.Event) -> None:
    """A process of its own: until `stop` is set. On a developer's machine it makes its tables first."""
    if settings.is_local:
        async with admin_client(settings.aws_region) as admin:
            await create_tables(admin, settings.facts_table, settings.views_table)
    async with open_tracing(settings):
        await keep_projecting(settings, stop)


async def keep_projecting(settings: Settings, stop: asyncio.Event, ready: asyncio.Event | None = None) -> None:
    """Makes the first generation where there is none, then follows the stream until `stop` is set.

    `ready` is set when there is one, for a service that takes no requests before and so is not writing meanwhile.
    """
    waiting = Backoff(_ROW_ATTEMPTS, random.random)
    async with open_projector(settings) as parts, sealing_beside(settings):
        await _make_first_generation(settings, parts, waiting, stop, alone=ready is not None)
        if ready is not None:
            ready.set()
        await poll(parts, owner=_owner(), pace=pace_of(settings), backoff=waiting, stop=stop)


async def _make_first_generation(
    settings: Settings, parts: ProjectorParts, waiting: Backoff, stop: asyncio.Event, *, alone: bool
) -> None:
    """As soon as storage lets us: until then queries are answered from the facts."""
    attempt = 0
    while not stop.is_set():
        try:
            await parts.stream.shards()  # says in plain words when there is no stream
            await make_first_generation(settings, parts, alone=alone)
            return
        except StoreError as error:
            _log.warning("the views cannot be made yet", reason=str(error))
            await waiting.wait(attempt)
            attempt += 1


def pace_of(settings: Settings) -> Pace:
    """How often and how much."""
    return Pace(
        poll=settings.stream_poll_seconds,
        batch=settings.stream_batch,
        delay=timedelta(seconds=settings.stream_delay),
        lease=timedelta(seconds=settings.stream_lease_seconds),
        note=timedelta(seconds=_LOCAL_NOTE_SECONDS if settings.is_local else _NOTE_SECONDS),
    )


def _owner() -> str:
    """A name that no other process has."""
    return f"{socket.gethostname()}-{os.getpid()}-{uuid4().hex[:8]}"
