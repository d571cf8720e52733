"""All facts, for what only reads them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.bootstrap.binding import client_options
from app.bootstrap.rebuilding import fact_scan_of
from app.ports.scans import FactScan
from app.settings import Settings
from app.store.client import data_client


@asynccontextmanager
async def open_facts(settings: Settings) -> AsyncIterator[FactScan]:
    """Those of the table that the settings name."""
    async with data_client(client_options(settings)) as client:
        yield fact_scan_of(settings, client)
