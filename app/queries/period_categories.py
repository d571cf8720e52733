"""The categories of a month or year, read once for all requests that answer from the same state of the views.

Every ranking needs them, whatever it ranks: without this all of a month would ask one partition for the same rows.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from app.domain.view_rows import ViewRow

MOST_PERIODS = 8
"""Rankings are nearly always asked for this month or the one before, or this year."""

Rows = Mapping[str, ViewRow]


class PeriodCategories:
    """Belongs to one state of the views and goes with it, so that what it has was read after that state."""

    def __init__(self) -> None:
        self._readings: dict[str, asyncio.Task[Rows]] = {}

    async def of(self, period: str, read: Callable[[], Coroutine[Any, Any, Rows]]) -> Rows:
        """What `read` gave or gives for a month ('2023-05') or year ('2023'), by category.

        Requests share a reading that is under way, which goes on when the one that began it leaves. Raises what `read`
        raises; that is not kept.
        """
        reading = self._readings.get(period)
        if reading is None or _has_failed(reading):
            reading = self._readings[period] = asyncio.create_task(read())
            reading.add_done_callback(_has_failed)  # everybody who waited for it may have left
            if len(self._readings) > MOST_PERIODS:
                del self._readings[next(iter(self._readings))]
        return reading.result() if reading.done() else await asyncio.shield(reading)


def _has_failed(reading: asyncio.Task[Rows]) -> bool:
    return reading.done() and (reading.cancelled() or reading.exception() is not None)
