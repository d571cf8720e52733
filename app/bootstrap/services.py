"""What the routes call, bound to one client."""

import asyncio
import random
import secrets
import time
from datetime import timedelta
from typing import Any

from uuid_utils import uuid7

from app.api.cursors import Cursors
from app.api.services import Services
from app.api.transaction_body import PurchaseRules
from app.bootstrap.binding import concealing, epoch_seconds, now, pseudonyms, validity, valuation
from app.bootstrap.no_vault import NO_VAULT
from app.bootstrap.projector import new_token, projection_of
from app.bootstrap.sealing import audit_rows_of
from app.callers import current_caller
from app.commands.lanes import Lanes
from app.commands.posting import Posting
from app.commands.record_batch import BatchLimits
from app.commands.record_group import Recording
from app.commands.vaulting import Vaulting
from app.domain.access import Principal
from app.domain.benefits import Exercise
from app.domain.earning import EarningRules
from app.domain.reversals import Reversal
from app.ports.auditor import Auditor
from app.ports.identity import Identity, TokenRefused
from app.ports.timelines import Subject
from app.ports.vault import Vault
from app.queries.freshness import Freshness
from app.queries.rankings import LiveSource
from app.queries.standings import Standings
from app.retrying import CONFLICT_SECONDS, Backoff
from app.settings import Settings
from app.store.audit import DynamoAuditTrail
from app.store.benefit_codec import exercise_item
from app.store.benefits import DynamoBenefits
from app.store.categories import DynamoCategories
from app.store.database import Database
from app.store.health import Reachability
from app.store.hedging import Hedging
from app.store.indexes import card_index, category_index
from app.store.kickbacks import DynamoKickbacks
from app.store.ledger import DynamoLedger, Encoder
from app.store.recently import Recently
from app.store.reversals import ReversalEncoder
from app.store.sharding import ShardCounts
from app.store.timelines import DynamoTimelines
from app.store.transactions import DynamoTransactions
from app.store.views import DynamoViews
from app.telemetry import DATABASE_HEDGES

_REMEMBERED_CATEGORIES = 10_000
_NEWEST_ENTRY_READS = 32


class _NobodyKnown:
    """Where no token is good."""

    async def principal_of(self, _: str) -> Principal:
        raise TokenRefused("no token is good here")


NOBODY_KNOWN = _NobodyKnown()


def build_services(
    settings: Settings, client: Any, identity: Identity = NOBODY_KNOWN, vault: Vault = NO_VAULT
) -> Services:
    """Every use case with its ports bound to this client."""
    database = Database(client, settings.facts_table)
    category_shards = ShardCounts(settings.category_shards, settings.category_shards_of)
    card_shards = ShardCounts(settings.card_shards, settings.card_shards_of)
    transactions = DynamoTransactions(
        database, category_shards, card_shards, settings.due_shards, settings.audit_shards
    )
    encoders: dict[type, Encoder] = {
        Reversal: ReversalEncoder(category_shards, card_shards),
        Exercise: exercise_item,
    }
    ledger = DynamoLedger(database, settings.due_shards, encoders, settings.audit_shards)
    trail = DynamoAuditTrail(database, settings.audit_shards)
    lanes, backoff = Lanes(), Backoff(settings.write_attempts, random.random, longest=CONFLICT_SECONDS)
    categories = DynamoCategories(database, Recently(_REMEMBERED_CATEGORIES))
    slots = asyncio.Semaphore(settings.shard_concurrency)
    timelines = DynamoTimelines(
        database=database,
        indexes={
            Subject.CATEGORY: category_index(category_shards),
            Subject.CARD: card_index(card_shards),
        },
        slots=slots,
        epoch_seconds=epoch_seconds,
        hedging=_hedging(settings, client, settings.facts_table),
    )
    freshness = Freshness(
        projection_of(settings, client), own_writes=settings.own_writes, clock=time.monotonic, now=now
    )
    return Services(
        transactions=transactions,
        kickbacks=DynamoKickbacks(database, epoch_seconds),
        timelines=timelines,
        recording=Recording(
            transactions=transactions,
            ledger=ledger,
            categories=categories,
            rules=EarningRules(validity(settings), settings.zone),
            lanes=lanes,
            backoff=backoff,
            now=now,
            new_token=new_token,
            caller=current_caller,
            on_recorded=freshness.noted,
            reads=asyncio.Semaphore(_NEWEST_ENTRY_READS),
        ),
        ledger=ledger,
        standings=Standings(ledger, now, settings.zone),
        posting=Posting(
            ledger=ledger,
            lanes=lanes,
            backoff=backoff,
            now=now,
            new_token=new_token,
            caller=current_caller,
            zone=settings.zone,
            on_recorded=freshness.noted,
        ),
        benefits=DynamoBenefits(database, settings.audit_shards),
        clawback_policy=settings.clawback_policy,
        batch=BatchLimits(
            settings.batch_group, settings.batch_concurrency, asyncio.Semaphore(settings.batch_concurrency)
        ),
        batch_window=settings.batch_window,
        live=LiveSource(timelines, categories, valuation(settings), now),
        views=DynamoViews(
            Database(client, settings.views_table, replaceable=True),
            slots,
            _hedging(settings, client, settings.views_table),
        ),
        freshness=freshness,
        low_sample_purchases=settings.low_sample_purchases,
        min_group_members=settings.min_group_members,
        purchases=PurchaseRules(
            now=now,
            new_id=lambda: str(uuid7()),
            zone=settings.zone,
            retention=timedelta(days=settings.retention_days) if settings.retention_days else None,
        ),
        cursors=Cursors(settings.cursor_secrets, settings.cursor_ttl_seconds, epoch_seconds, concealing(settings)),
        currency=settings.currency,
        identity=identity,
        pseudonyms=pseudonyms(settings),
        trail=trail,
        vault=vault,
        vaulting=Vaulting(vault, Auditor(trail, current_caller, now), now, secrets.token_bytes),
        audit_rows=audit_rows_of(settings, client),
        is_reachable=Reachability(database, time.monotonic).check,
    )


def _hedging(settings: Settings, client: Any, table: str) -> Hedging:
    return Hedging(
        settings.hedge_after,
        lambda: client.reads_well(table),
        lambda outcome: DATABASE_HEDGES.labels(outcome).inc(),
    )
