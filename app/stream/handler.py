"""The one handler of stream records: what a batch of one shard does to the views, whoever brings it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from app.domain.periods import utc_text
from app.ports.projection import Parked, Progress, Projection
from app.ports.streams import StreamRecord
from app.ports.views import Generation
from app.projections.applying import Applied, Applying, apply
from app.projections.folding import Event
from app.stream.marks import mark_of
from app.telemetry import PROJECTED, counting_batch

_log = structlog.get_logger("kickbacks.projector")


@dataclass(frozen=True, slots=True)
class Handling:
    """What the handler works with."""

    applying: Applying
    projection: Projection
    now: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Handled:
    """`position` is the sequence number up to which everything is counted or parked, None when not even the first
    record is; `failed` that of the first record that has to come again, None when all is done."""

    position: str | None
    failed: str | None
    at: str | None


async def handle(
    shard: Progress, records: Sequence[StreamRecord], generation: Generation, *, using: Handling
) -> Handled:
    """Counts the records of one shard, which must follow in order on what was handled of it before.

    A record that comes again, in whatever batch, changes nothing. What can never be counted is parked with its
    reason. Raises StoreUnavailable when it could not be parked.
    """
    if not records:
        return Handled(None, None, None)
    with counting_batch(len(records)):
        return await _handle(shard, records, generation, using)


async def _handle(shard: Progress, records: Sequence[StreamRecord], generation: Generation, using: Handling) -> Handled:
    for record in records:
        if record.poison is not None:
            await _park(shard, record.sequence, record.event, "", record.poison, generation, using)
    applied = await apply(_events(shard, records, generation), shard.source, generation, using=using.applying)
    await _park_refused(shard, records, applied, generation, using)
    return _handled(records, applied)


def _events(shard: Progress, records: Iterable[StreamRecord], generation: Generation) -> list[Event]:
    events = []
    for record in records:
        if record.figures is None:
            PROJECTED.labels("skipped").inc()
        elif record.figures.created_at < generation.since:
            PROJECTED.labels("older").inc()  # it came into this generation from the facts themselves
        else:
            PROJECTED.labels("counted").inc()
            events.append(Event(record.sequence, mark_of(shard.depth, record.sequence), record.figures))
    return events


async def _park_refused(
    shard: Progress, records: Sequence[StreamRecord], applied: Applied, generation: Generation, using: Handling
) -> None:
    names = {record.sequence: record.event for record in records}
    for view_id, reason, events in applied.refused:
        for event in events:
            await _park(shard, event.sequence, names[event.sequence], repr(view_id), reason, generation, using)


async def _park(
    shard: Progress, sequence: str, event: str, row: str, reason: str, generation: Generation, using: Handling
) -> None:
    PROJECTED.labels("parked").inc()
    _log.error("a stream record cannot be counted", shard=shard.shard_id, sequence=sequence, reason=reason)
    parked = Parked(shard.shard_id, sequence, event, row, reason, utc_text(using.now()))
    await using.projection.park(generation.number, parked)


def _handled(records: Sequence[StreamRecord], applied: Applied) -> Handled:
    failed = applied.waiting[0].sequence if applied.waiting else None
    position = at = None
    for record in records:
        if record.sequence == failed:
            break
        position, at = record.sequence, record.at
    return Handled(position, failed, at)
