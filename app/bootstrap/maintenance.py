"""The parts of `kickbacks rebuild` and `kickbacks verify`, put together."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from app.bootstrap.binding import client_options, now
from app.bootstrap.projector import open_projector
from app.bootstrap.rebuilding import fact_scan_of, rebuilding_of, view_scan_of
from app.bootstrap.sealing import audit_rows_of, seals_of
from app.maintenance.rebuild import Rebuilding
from app.maintenance.verifying.counting import Counting
from app.maintenance.verifying.run import Verifying
from app.maintenance.verifying.trail import TrailSource
from app.settings import Settings
from app.store.client import data_client


@dataclass(frozen=True, slots=True)
class Maintenance:
    """Both, on the same tables."""

    rebuilding: Rebuilding
    verifying: Verifying


@asynccontextmanager
async def open_maintenance(
    settings: Settings, *, passes: int = 1, anchors: Mapping[int, str] | None = None
) -> AsyncIterator[Maintenance]:
    """On the tables that the settings name. `passes` is how often a check reads them, for less memory; `anchors` are
    hashes of the audit trail's seals by number."""
    async with open_projector(settings) as parts, data_client(client_options(settings)) as client:
        yield Maintenance(
            rebuilding_of(settings, client, parts, request_seconds=settings.request_seconds),
            Verifying(
                facts=fact_scan_of(settings, client),
                stored=view_scan_of(settings, client),
                projection=parts.projection,
                stream=parts.stream,
                counting=Counting(
                    parts.projection, parts.stream, now, asyncio.sleep, timedelta(seconds=settings.stream_delay)
                ),
                retention=timedelta(days=settings.retention_days) if settings.retention_days else None,
                now=now,
                zone=settings.zone,
                trail=TrailSource(audit_rows_of(settings, client), seals_of(settings, client), anchors or {}),
                passes=passes,
            ),
        )
