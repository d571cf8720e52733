"""Making all views again as a new generation, while the current one goes on answering: the first one, and each rebuild.

The facts and the stream overlap, and no moment's picture of both can be had. `since` divides them by the moment at
which a purchase or an entry was stamped (`createdAt`, `recordedAt`):

1. The positions in the stream are read first. What lies before them was stamped before `since` = now + clock skew,
   whoever's clock stamped it: so it is in the facts, and the scan sees it.
2. The scan counts what was stamped before `since`. What it may have missed, because it was written while the scan was
   under way, the stream brings behind the positions: such a record counts unless the scan saw it (`Seen`).
3. What was stamped from `since` on is counted by the projector's own handler, from the stream alone, with its marks.
4. `settle` after `since` every clock has passed `since` and every request that was stamped before it has ended, one way
   or the other. What the stream has brought up to that moment is counted before the generation is promoted. From then
   on the stream brings nothing new that was stamped earlier, and the handler may skip what was.
"""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from app.domain.kickbacks import Valuation
from app.domain.periods import utc_text
from app.domain.view_rows import Countable
from app.maintenance.gathering import Gathering
from app.maintenance.positions import copied
from app.maintenance.seen import Seen
from app.maintenance.segments import read_all
from app.ports.projection import Parked, Projection
from app.ports.scans import FactScan, Unreadable, ViewScan
from app.ports.views import Generation, ViewId, ViewWriter

_PASSES = 10
# A generation that is promoted so far behind answers no older than a current one does in the worst of times.
_CLOSE_ENOUGH = timedelta(seconds=2)
FACTS = "FACTS"
"""Stands for the shard where a fact cannot be counted that came from the facts themselves."""


class Superseded(Exception):
    """Another rebuild has been promoted meanwhile, and has removed what was begun here."""


class CatchUp(Protocol):
    """Counts what the stream has for a generation that is not current yet, from its progress on."""

    async def __call__(
        self, generation: Generation, older: Callable[[Sequence[Countable]], Awaitable[Collection[ViewId]]]
    ) -> None:
        """At least everything that the stream showed before the call. `older` gets what was stamped before the
        generation's `since`, and says which rows it has changed. Raises Superseded, StoreUnavailable."""
        ...


@dataclass(frozen=True, slots=True)
class Waits:
    """Seconds. `settle`: from `since` until all that was stamped before it has ended, the time included after which
    the stream shows it. `grace`: from the promotion until nobody reads the generation before it any more."""

    clock_skew: float
    settle: float
    grace: float


@dataclass(frozen=True, slots=True)
class Rebuilding:
    """What a rebuild works with. `shards` and `valuation` are those of the new generation; `bound` is how many rows
    may be in memory."""

    facts: FactScan
    stored: ViewScan
    writer: ViewWriter
    projection: Projection
    catch_up: CatchUp
    shards: int
    valuation: Valuation
    waits: Waits
    now: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]]
    bound: int = 200_000


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What became of it. Not `promoted`: another rebuild was faster, and this one has cleaned up after itself.
    `removed` items belonged to generations that are not current; `unreadable` facts are parked."""

    number: int
    promoted: bool
    purchases: int
    entries: int
    rows: int
    unreadable: int
    removed: int
    seconds: float


async def make_generation(using: Rebuilding) -> Rebuilt:
    """Makes a generation and promotes it. Raises StoreUnavailable; then the current one is still current, and what is
    left of the new one is removed by the next rebuild that succeeds."""
    started = using.now()
    state = await using.projection.state()
    old = state.generation.number if state.generation else None
    since = started + timedelta(seconds=using.waits.clock_skew)
    number = await using.projection.next_number()
    generation = Generation(number, using.shards, using.valuation, utc_text(since))
    gathering = Gathering(using.writer, generation, bound=using.bound)
    seen = Seen(since, using.waits.settle)

    unreadable = await _scan(generation, gathering, seen, using)
    await _sleep_until(since + timedelta(seconds=using.waits.settle), using)
    for one in copied(state.progress):
        await using.projection.register(number, one)
    try:
        await _catch_up(generation, gathering, seen, using)
        promoted = await using.projection.promote(generation, instead_of=old)
    except Superseded:
        promoted = False

    removed = await _clean_up(number, old, promoted, using)
    seconds = (using.now() - started).total_seconds()
    return Rebuilt(number, promoted, seen.count, seen.entries, gathering.count, unreadable, removed, seconds)


async def _scan(generation: Generation, gathering: Gathering, seen: Seen, using: Rebuilding) -> int:
    """Counts what was stamped before the generation's `since`. Returns how much could not be read."""
    unreadable = 0

    async def count(page: Sequence[Countable | Unreadable]) -> None:
        nonlocal unreadable
        counted = []
        for one in page:
            if isinstance(one, Unreadable):
                unreadable += 1
                parked = Parked(FACTS, one.key, "SCAN", "", one.reason, utc_text(using.now()))
                await using.projection.park(generation.number, parked)
            elif one.created_at < generation.since:
                counted.append(one)
        seen.note(counted)
        await gathering.add(counted)

    await read_all(using.facts.segments, using.facts.figures, count)
    await gathering.store()
    return unreadable


async def _catch_up(generation: Generation, gathering: Gathering, seen: Seen, using: Rebuilding) -> None:
    """Passes over the stream until one was so short that hardly anything can have come behind it."""

    async def count_missed(older: Sequence[Countable]) -> Collection[ViewId]:
        changed = await gathering.add(seen.missed(older))
        await gathering.store()
        return changed

    for _ in range(_PASSES):
        begun = using.now()
        await using.catch_up(generation, count_missed)
        if using.now() - begun < _CLOSE_ENOUGH:
            break


async def _clean_up(number: int, old: int | None, promoted: bool, using: Rebuilding) -> int:
    """A promoted generation removes all before it, dead rebuilds' too; one that was not removes itself."""
    if not promoted:
        await using.projection.forget(number)
        return await using.stored.sweep(lambda other: other == number)
    if number == 1:
        return 0
    if old is not None:
        await using.sleep(using.waits.grace)
    return await using.stored.sweep(lambda other: other < number)


async def _sleep_until(moment: datetime, using: Rebuilding) -> None:
    left = (moment - using.now()).total_seconds()
    if left > 0:
        await using.sleep(left)
