"""What a page of history costs by how many purchases it has."""

from collections.abc import Sequence

from bench.growth.made import Stock
from bench.growth.series import Pace, Series, point_of
from bench.growth.verdicts import Expected
from bench.growth.works import history
from bench.processes import Service
from bench.slices import Side, measure

_IN_FLIGHT = 4


async def series_over_page_sizes(service: Service, stock: Stock, limits: Sequence[int], pace: Pace) -> Series:
    """The same user's first page each time."""
    sides = [Side(service, _IN_FLIGHT, history(stock, limit)) for limit in limits]
    await measure(sides, seconds=pace.seconds, rounds=pace.rounds, warm_up=pace.warm_up)
    points = [point_of(limit, side) for limit, side in zip(limits, sides, strict=True)]
    return Series("history page", "purchases on a page", Expected.LINEAR, points)
