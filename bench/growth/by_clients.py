"""What a page of history costs by how many clients ask at once."""

from collections.abc import Sequence

from bench.growth.made import Stock
from bench.growth.series import Pace, Series, point_of
from bench.growth.verdicts import Expected
from bench.growth.works import PAGE, history
from bench.processes import Service
from bench.slices import Side, measure


async def series_over_clients(service: Service, stock: Stock, clients: Sequence[int], pace: Pace) -> Series:
    """Each asks again as soon as it has its answer."""
    sides = [Side(service, count, history(stock, PAGE)) for count in clients]
    await measure(sides, seconds=pace.seconds, rounds=pace.rounds, warm_up=pace.warm_up)
    points = [point_of(count, side) for count, side in zip(clients, sides, strict=True)]
    return Series(f"history page of {PAGE}", "clients at once", Expected.FLAT, points)
