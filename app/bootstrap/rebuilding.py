"""The parts of a rebuild, put together. The first generation is one too."""

import asyncio
import random
from datetime import timedelta
from typing import Any

from app.bootstrap.binding import client_options, now, valuation
from app.domain.periods import utc_text
from app.maintenance.rebuild import Rebuilding, Waits, make_generation
from app.ports.projection import State
from app.retrying import Backoff
from app.settings import Settings
from app.store.client import data_client
from app.store.database import Database
from app.store.scans import DynamoFactScan
from app.store.view_scans import DynamoViewScan
from app.stream.catching_up import CatchingUp
from app.stream.parts import ProjectorParts
from app.stream.watermarks import RETENTION

SEGMENTS = 8
_ATTEMPTS = 10
_LOCAL_GRACE_SECONDS = 1.0


def view_scan_of(settings: Settings, client: Any) -> DynamoViewScan:
    """All rows of the views."""
    views = Database(client, settings.views_table, replaceable=True)
    return DynamoViewScan(views, SEGMENTS, asyncio.Semaphore(settings.view_calls), _backoff())


def fact_scan_of(settings: Settings, client: Any) -> DynamoFactScan:
    """All facts."""
    return DynamoFactScan(Database(client, settings.facts_table), SEGMENTS)


def rebuilding_of(settings: Settings, client: Any, parts: ProjectorParts, *, request_seconds: float) -> Rebuilding:
    """`request_seconds` is the longest that a write can be under way from its stamp to its end."""
    return Rebuilding(
        facts=fact_scan_of(settings, client),
        stored=view_scan_of(settings, client),
        writer=parts.handling.applying.writer,
        projection=parts.projection,
        catch_up=CatchingUp(parts, _backoff(), settings.stream_batch, timedelta(seconds=settings.stream_delay)),
        shards=settings.view_shards,
        valuation=valuation(settings),
        waits=Waits(
            clock_skew=settings.clock_skew,
            settle=settings.clock_skew + request_seconds + settings.stream_delay,
            grace=_LOCAL_GRACE_SECONDS if settings.is_local else settings.request_seconds,
        ),
        now=now,
        sleep=asyncio.sleep,
    )


async def make_first_generation(settings: Settings, parts: ProjectorParts, *, alone: bool) -> None:
    """Where there is none. Several processes may do this at once: one is promoted. Raises StoreError.

    `alone`: nobody is writing, so that no write under way has to be waited for. A developer's projector makes the views
    again that it cannot go on with, because it was off for longer than the stream keeps records.
    """
    state = await parts.projection.state()
    if state.generation is not None and not (settings.is_local and _is_broken(state)):
        return
    request_seconds = 0.0 if alone else settings.request_seconds
    async with data_client(client_options(settings)) as client:
        await make_generation(rebuilding_of(settings, client, parts, request_seconds=request_seconds))


def _is_broken(state: State) -> bool:
    """Whether records were lost, or must have been since the last of them was read."""
    last = max((one.watermark for one in state.progress), default="")
    return any(one.gap for one in state.progress) or (bool(last) and last < utc_text(now() - RETENTION))


def _backoff() -> Backoff:
    return Backoff(_ATTEMPTS, random.random)
