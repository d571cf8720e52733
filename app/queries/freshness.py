"""How old the views are, and waiting a moment for them where a request needs newer ones."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.domain.periods import utc_text
from app.domain.view_rows import ViewRow
from app.ports.projection import Progress, Projection, State
from app.ports.views import Generation, Views
from app.queries.period_categories import PeriodCategories

KEPT_SECONDS = 0.5
"""How old what is known about the views may be when nobody waits for them."""
AGAIN_SECONDS = 0.03
"""How often it is looked at while somebody waits."""
NOT_BEFORE_SECONDS = 1.0
"""How long a request that names a moment waits for it."""
OWN_WRITE_SECONDS = 5.0
"""How long after a write of this process requests wait for it: afterwards the projector is late, and not the request
too early."""
ROTATION_MINUTES = 10
"""How long a finished shard without a child counts: it takes seconds until its child is known."""


class TooOld(Exception):
    """The views have not got as far as the request demands."""


@dataclass(frozen=True, slots=True)
class Fresh:
    """The generation to answer from. Everything recorded before `as_of` is in it. `categories` are kept with it, so
    that they are of this moment or later."""

    generation: Generation
    as_of: datetime
    categories: PeriodCategories = field(default_factory=PeriodCategories, compare=False, repr=False)

    async def categories_of(self, period: str, views: Views) -> Mapping[str, ViewRow]:
        """Every category with purchases in the month or year. Raises StoreUnavailable."""
        return await self.categories.of(period, lambda: views.categories(self.generation, period))


def counted_until(progress: Iterable[Progress]) -> datetime | None:
    """The moment before which everything is counted, whichever shard carried it; None where that is not known.

    It is the least watermark of the shards at the ends of their lines. Finished shards that have a child leave it to
    the child, which until it is first read has its parent's watermark. A finished one without a child may get one at
    any moment and counts too, unless its line ended long before the others went on. One that lost records holds all
    back for ever: only a rebuild brings them back.
    """
    shards = {one.shard_id: one for one in progress}
    parents = {one.parent for one in shards.values()}
    holding = [_watermark(one, shards) for one in shards.values() if not one.finished or one.gap is not None]
    ended = [one.watermark for one in shards.values() if one.finished and one.shard_id not in parents]
    newest = max((*holding, *ended), default="")
    if not newest:
        return None
    since = utc_text(datetime.fromisoformat(newest) - timedelta(minutes=ROTATION_MINUTES))
    least = min((*holding, *(watermark for watermark in ended if watermark >= since)))
    return datetime.fromisoformat(least) if least else None


def _watermark(one: Progress, shards: dict[str, Progress]) -> str:
    parent = shards.get(one.parent or "")
    if one.watermark or parent is None:
        return one.watermark
    return _watermark(parent, shards)


class Freshness:
    """One for the process. `own_writes`: how many seconds requests wait at most for what the process itself has just
    recorded; `clock` counts seconds, `now` tells the time, `sleep` waits."""

    def __init__(
        self,
        projection: Projection,
        *,
        own_writes: float,
        clock: Callable[[], float],
        now: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._projection = projection
        self._own_writes = own_writes
        self._clock = clock
        self._now = now
        self._sleep = sleep
        self._known: tuple[float, Fresh | None] | None = None
        self._reading: asyncio.Task[Fresh | None] | None = None
        self._written: tuple[float, datetime] | None = None

    def noted(self) -> None:
        """To be told after each write of this process."""
        self._written = (self._clock(), self._now())

    async def current(self, not_before: datetime | None = None) -> Fresh | None:
        """What to answer from; None when there are no views yet. Waits as long as the class and constants say.

        Raises TooOld when the views have not reached `not_before`, StoreUnavailable.
        """
        started = self._clock()
        fresh = await self._look(KEPT_SECONDS)
        own = self._own_write()
        pause = 0.0  # what was known may be old: look once before waiting
        while fresh is not None and self._is_worth_waiting(fresh, not_before, own, self._clock() - started):
            await self._sleep(pause)
            pause = AGAIN_SECONDS
            fresh = await self._look(AGAIN_SECONDS / 2)
        if fresh is not None and not_before is not None and fresh.as_of < not_before:
            raise TooOld
        return fresh

    async def until(self, moment: datetime) -> None:
        """Waits for the clock to reach a moment, which is at most about a second ahead."""
        for _ in range(round(NOT_BEFORE_SECONDS / AGAIN_SECONDS) * 2):
            if self._now() >= moment:
                return
            await self._sleep(AGAIN_SECONDS)
        raise TooOld

    def _own_write(self) -> datetime | None:
        """The last one, if it was a moment ago."""
        if self._written is None or self._clock() - self._written[0] > OWN_WRITE_SECONDS:
            return None
        return self._written[1]

    def _is_worth_waiting(self, fresh: Fresh, not_before: datetime | None, own: datetime | None, waited: float) -> bool:
        demanded = not_before is not None and fresh.as_of < not_before and waited < NOT_BEFORE_SECONDS
        wished = own is not None and fresh.as_of < own and waited < self._own_writes
        return demanded or wished

    async def _look(self, at_most_old: float) -> Fresh | None:
        """What is known if it is new enough, else what is found now. Callers share a reading that is under way."""
        if self._known is not None and self._clock() - self._known[0] <= at_most_old:
            return self._known[1]
        if self._reading is None:
            self._reading = asyncio.create_task(self._read())
            self._reading.add_done_callback(self._done)
        return await asyncio.shield(self._reading)

    async def _read(self) -> Fresh | None:
        at = self._clock()
        fresh = _fresh(await self._projection.state())
        self._known = (at, fresh)
        return fresh

    def _done(self, reading: asyncio.Task[Fresh | None]) -> None:
        self._reading = None
        if not reading.cancelled():
            reading.exception()  # everybody who waited for it may have left


def _fresh(state: State) -> Fresh | None:
    as_of = counted_until(state.progress)
    return Fresh(state.generation, as_of) if state.generation is not None and as_of is not None else None
