"""Services whose DynamoDB answers fixed bytes: what is asked of one partition always gives the same pages."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, cast

import msgspec

from app.api.cursors import Cursors
from app.api.services import Services
from app.bootstrap.services import build_services
from app.domain.kickbacks import KickbackType
from app.ports.projection import Progress
from app.ports.views import Generation
from app.queries.freshness import Freshness
from app.queries.standings import Standings
from app.settings import Environment, Projector, Settings
from app.store.categories import DynamoCategories
from app.store.database import Database
from app.store.kickbacks import DynamoKickbacks
from app.store.ledger import DynamoLedger
from app.store.recently import Recently
from app.store.timelines import DynamoTimelines
from app.store.views import DynamoViews
from tests.fakes.projection import FakeProjection

NOW = datetime(2023, 7, 1, 0, 0, 0, 123456, tzinfo=UTC)
EPOCH_SECOND = int(NOW.timestamp())
VALUATION = {KickbackType.POINT: 1_000_000, KickbackType.MILE: 1_500_000, KickbackType.CASHBACK: 999_999}
GENERATION = Generation(1, 4, VALUATION, "2023-01-01T00:00:00.000000Z")
EMPTY = b'{"Count":0,"Items":[],"ScannedCount":0}'


@dataclass
class StoredDatabase:
    """Answers a Query with the page of its partition; of its partition and where in it it goes on; of an account."""

    pages: Mapping[str, bytes]
    asked: list[str] = field(default_factory=list)

    async def query(self, decoder: msgspec.json.Decoder[Any], **request: Any) -> Any:
        """See Database."""
        await asyncio.sleep(0)
        values = request["ExpressionAttributeValues"]
        start = request.get("ExclusiveStartKey", {}).get("SK") or values.get(":after")
        name = values[":pk"]["S"]
        if start is not None:
            name += "|" + start["S"]
        elif values.get(":first", {}).get("S", "").startswith("LEDGER#"):
            name += "|" + values[":first"]["S"].rpartition("#")[0]
        self.asked.append(name)
        return decoder.decode(self.pages.get(name, EMPTY))


def stored_services(pages: Mapping[str, bytes]) -> Services:
    """The service's own, at one moment, on what is stored."""
    settings = Settings(environment=Environment.LOCAL, projector=Projector.OUTSIDE)
    services = build_services(settings, None)
    database, slots = cast(Database, StoredDatabase(pages)), asyncio.Semaphore(32)
    ledger = DynamoLedger(database, 16)
    timelines = replace(cast(DynamoTimelines, services.timelines), database=database, epoch_seconds=_epoch_seconds)
    counted = Progress("shard-1", "shard-1", 0, watermark="2023-06-30T23:59:59.500000Z")
    projection = FakeProjection(GENERATION, {(GENERATION.number, "shard-1"): counted})
    return replace(
        services,
        kickbacks=DynamoKickbacks(database, _epoch_seconds),
        timelines=timelines,
        ledger=ledger,
        standings=Standings(ledger, _now, settings.zone),
        live=replace(services.live, timelines=timelines, categories=DynamoCategories(database, Recently(9)), now=_now),
        views=DynamoViews(database, slots),
        freshness=Freshness(projection, own_writes=0, clock=lambda: 0.0, now=_now),
        cursors=Cursors([b"secret"], 3600, _epoch_seconds),
    )


def _now() -> datetime:
    return NOW


def _epoch_seconds() -> int:
    return EPOCH_SECOND
