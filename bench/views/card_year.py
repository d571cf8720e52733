"""How many items a year of one card's efficiency reads, whatever day it begins on."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import msgspec

from app.domain.edges import cover_of
from app.domain.purchases import Purchase
from app.ports.views import Generation
from app.settings import Settings
from app.store.database import Database
from app.store.views import DynamoViews
from app.store.wire import BODY
from bench.views.crowd import Crowd, purchases

_CARD = "card-daily"
_FIRST = date(2021, 1, 1)
_DAYS = 365


@dataclass(frozen=True, slots=True)
class CardYear:
    """Over all first days: the fewest and most items of a year, in which the card was used every day."""

    fewest: int
    most: int


class _Scanned(msgspec.Struct):
    ScannedCount: int


class _Counting:
    """Stands where the client stands, and counts the items that queries read."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.items = 0

    async def query(self, **request: Any) -> Any:
        answer = await self._client.query(**request)
        self.items += msgspec.json.decode(answer[BODY], type=_Scanned).ScannedCount
        return answer


def daily() -> Iterator[Purchase]:
    """A purchase with the card on each day of two years."""
    some = purchases("daily", Crowd(categories=("DAILY",)), "2021-01", 2 * _DAYS)
    for place, one in enumerate(some):
        yield replace(one, transaction_date=_FIRST + timedelta(days=place), card_id=_CARD)


async def measure_card_year(settings: Settings, client: Any, generation: Generation) -> CardYear:
    """`daily` is in the views."""
    counting = _Counting(client)
    views = DynamoViews(Database(counting, settings.views_table), asyncio.Semaphore(settings.shard_concurrency))
    read = []
    for start in range(_DAYS):
        first = _FIRST + timedelta(days=start)
        cover = cover_of(first, first + timedelta(days=_DAYS - 1))
        counting.items = 0
        await views.card(generation, _CARD, cover.months, cover.days)
        read.append(counting.items)
    return CardYear(min(read), max(read))
