"""What each kind of request costs while there are more and more purchases of one user, one card and one category."""

from collections.abc import Sequence
from typing import Any

from app.bootstrap.binding import now
from app.domain.periods import business_date
from app.settings import Settings
from bench.growth.made import Stock
from bench.growth.series import Pace, Series, point_of
from bench.growth.verdicts import Expected
from bench.growth.works import Work, asked
from bench.ledger.history import Plan, history
from bench.ledger.seeding import put_entries
from bench.processes import Service
from bench.slices import Side, measure
from bench.views.seeding import seed

_IN_FLIGHT = 4


async def fill(settings: Settings, client: Any, stocks: Sequence[Stock]) -> None:
    """Purchases, their views, and for each user an account with as many entries."""
    await seed(settings, client, (one for stock in stocks for one in stock.purchases()))
    plan = Plan(now(), settings.zone)
    for stock in stocks:
        await put_entries(settings, client, history(stock.account, plan, entries=stock.size))


async def series_over_purchases(
    service: Service, stocks: Sequence[Stock], settings: Settings, pace: Pace
) -> list[Series]:
    """One for each kind of request, the posts last: they change what the others read."""
    return [await _series(work, service, stocks, settings, pace) for work in Work]


async def _series(work: Work, service: Service, stocks: Sequence[Stock], settings: Settings, pace: Pace) -> Series:
    today = business_date(now(), settings.zone)
    # One account is written to by one after the other, whoever waits.
    in_flight = 1 if work is Work.POST else _IN_FLIGHT
    sides = [Side(service, in_flight, asked(work, stock, today)) for stock in stocks]
    await measure(sides, seconds=pace.seconds, rounds=pace.rounds, warm_up=pace.warm_up)
    points = [point_of(stock.size, side) for stock, side in zip(stocks, sides, strict=True)]
    return Series(work, "purchases", Expected.FLAT, points)
