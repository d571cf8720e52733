"""The composition root: the only module that knows which class stands behind which port."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi import FastAPI
from uuid_utils import uuid4, uuid7

from app.api.application import build_application
from app.api.cursors import Cursors
from app.api.services import Services
from app.api.transaction_body import PurchaseRules
from app.commands.lanes import Lanes
from app.commands.record_batch import BatchLimits
from app.commands.record_group import Recording
from app.domain.earning import EarningRules
from app.domain.expiry import Validity
from app.domain.kickbacks import KickbackType
from app.ports.timelines import Subject
from app.queries.rankings import LiveSource
from app.retrying import Backoff
from app.settings import Settings
from app.store.categories import DynamoCategories
from app.store.client import ClientOptions, admin_client, data_client
from app.store.database import Database
from app.store.health import Reachability
from app.store.indexes import card_index, category_index
from app.store.kickbacks import DynamoKickbacks
from app.store.recently import Recently
from app.store.tables import create_tables
from app.store.timelines import DynamoTimelines
from app.store.transactions import DynamoTransactions

_REMEMBERED_CATEGORIES = 10_000
_NEWEST_ENTRY_READS = 32


def create_app(settings: Settings) -> FastAPI:
    """The application on DynamoDB."""

    @asynccontextmanager
    async def open_services() -> AsyncIterator[Services]:
        if settings.is_local:
            async with admin_client(settings.aws_region) as admin:
                await create_tables(admin, settings.facts_table, settings.views_table)
        async with data_client(_client_options(settings)) as client:
            yield build_services(settings, client)

    return build_application(
        open_services, new_request_id=lambda: str(uuid7()), deadline_seconds=settings.request_seconds
    )


def build_services(settings: Settings, client: Any) -> Services:
    """Every use case with its ports bound to this client."""
    database = Database(client, settings.facts_table)
    transactions = DynamoTransactions(database, settings.category_shards, settings.card_shards)
    categories = DynamoCategories(database, Recently(_REMEMBERED_CATEGORIES))
    timelines = DynamoTimelines(
        database=database,
        indexes={
            Subject.CATEGORY: category_index(settings.category_shards),
            Subject.CARD: card_index(settings.card_shards),
        },
        slots=asyncio.Semaphore(settings.shard_concurrency),
        epoch_seconds=_epoch_seconds,
    )
    return Services(
        transactions=transactions,
        kickbacks=DynamoKickbacks(database, _epoch_seconds),
        timelines=timelines,
        recording=Recording(
            transactions=transactions,
            categories=categories,
            rules=EarningRules(_validity(settings), settings.zone),
            lanes=Lanes(),
            backoff=Backoff(settings.write_attempts, random.random),
            now=_now,
            new_token=lambda: str(uuid4()),
            reads=asyncio.Semaphore(_NEWEST_ENTRY_READS),
        ),
        batch=BatchLimits(
            settings.batch_group, settings.batch_concurrency, asyncio.Semaphore(settings.batch_concurrency)
        ),
        batch_window=settings.batch_window,
        live=LiveSource(timelines, categories, _valuation(settings), _now),
        purchases=PurchaseRules(
            now=_now,
            new_id=lambda: str(uuid7()),
            zone=settings.zone,
            retention=timedelta(days=settings.retention_days) if settings.retention_days else None,
        ),
        cursors=Cursors(settings.cursor_secrets, settings.cursor_ttl_seconds, _epoch_seconds),
        currency=settings.currency,
        is_local=settings.is_local,
        is_reachable=Reachability(database, time.monotonic).check,
    )


def _now() -> datetime:
    return datetime.now(UTC)


def _epoch_seconds() -> int:
    return int(time.time())


def _client_options(settings: Settings) -> ClientOptions:
    return ClientOptions(
        region=settings.aws_region,
        connect_seconds=settings.database_connect_seconds,
        read_seconds=settings.database_read_seconds,
        attempts=settings.database_attempts,
        connections=settings.database_connections,
    )


def _validity(settings: Settings) -> dict[KickbackType, Validity]:
    return {
        KickbackType.POINT: Validity(settings.point_validity_days, settings.point_validity_months),
        KickbackType.MILE: Validity(settings.mile_validity_days),
        KickbackType.CASHBACK: Validity(settings.cashback_validity_days),
    }


def _valuation(settings: Settings) -> dict[KickbackType, int]:
    return {
        KickbackType.POINT: settings.point_value_millionths,
        KickbackType.MILE: settings.mile_value_millionths,
        KickbackType.CASHBACK: settings.cashback_value_millionths,
    }
