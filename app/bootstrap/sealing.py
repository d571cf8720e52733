"""The parts of the audit trail, put together: reading it, and sealing it by a job or inside the service."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import structlog

from app.bootstrap.binding import client_options, now
from app.maintenance.sealing import Sealing, seal_trail
from app.ports.audit import UnreadableRow
from app.ports.errors import StoreError
from app.settings import Settings
from app.store.audit import DynamoAuditRows
from app.store.audit_rows import ShardedTrail
from app.store.client import data_client
from app.store.database import Database
from app.store.seals import DynamoSeals

_REACH, _LOCAL_REACH = timedelta(days=7), timedelta(hours=1)
_LOCAL_PAUSE_SECONDS = 60.0
_log = structlog.get_logger("kickbacks.audit")


def audit_rows_of(settings: Settings, client: Any) -> DynamoAuditRows:
    """Reading the trail."""
    database = Database(client, settings.facts_table)
    slots = asyncio.Semaphore(settings.shard_concurrency)
    return DynamoAuditRows(ShardedTrail(database, settings.audit_shards, slots), DynamoSeals(database))


def seals_of(settings: Settings, client: Any) -> DynamoSeals:
    """The chain of seals."""
    return DynamoSeals(Database(client, settings.facts_table))


def sealing_of(settings: Settings, client: Any) -> Sealing:
    """The job."""
    return Sealing(
        rows=audit_rows_of(settings, client),
        seals=seals_of(settings, client),
        now=now,
        settle=timedelta(seconds=settings.seal_after_seconds),
        reach=_LOCAL_REACH if settings.is_local else _REACH,
    )


@asynccontextmanager
async def open_sealing(settings: Settings) -> AsyncIterator[Sealing]:
    """On the table that the settings name."""
    async with data_client(client_options(settings)) as client:
        yield sealing_of(settings, client)


@asynccontextmanager
async def sealing_beside(settings: Settings) -> AsyncIterator[None]:
    """On a developer's machine whoever keeps the views seals the trail each minute. Elsewhere a job does it."""
    if not settings.is_local:
        yield
        return
    async with open_sealing(settings) as job:
        task = asyncio.create_task(_keep_sealing(job, _LOCAL_PAUSE_SECONDS))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait([task])


async def _keep_sealing(job: Sealing, pause_seconds: float) -> None:
    while True:
        await asyncio.sleep(pause_seconds)
        try:
            sealed = await seal_trail(job)
        except (StoreError, UnreadableRow) as error:
            _log.warning("the audit trail was not sealed", reason=str(error))
            continue
        if sealed.written and sealed.seal is not None:
            _log.info("the audit trail was sealed", number=sealed.seal.number, hash=sealed.seal.hash)
