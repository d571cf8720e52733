"""Counting a batch of events in the views: load the rows, count what is new to each, save; again where a row had moved.

Rows are independent. Whatever happens between two of them, the same events can be applied again: see counted_in.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from app.domain.view_rows import ViewRow
from app.ports.errors import StoreUnavailable
from app.ports.views import Change, Generation, Saved, Unsavable, ViewId, ViewWriter
from app.projections.folding import Contribution, Contributions, Event, counted_in, folded
from app.projections.remembered import RememberedRows
from app.retrying import Backoff
from app.telemetry import VIEW_ROW_RETRIES


@dataclass(frozen=True, slots=True)
class Applying:
    """What applying works with. `rows` spares reads; what it remembers wrongly costs a retry, never correctness."""

    writer: ViewWriter
    rows: RememberedRows
    backoff: Backoff


@dataclass(slots=True)
class Applied:
    """`refused`: rows that storage will never take, with the reason and the events that are missing there.
    `waiting`: events that are not (known to be) counted everywhere, because storage did not answer."""

    refused: list[tuple[ViewId, str, list[Event]]] = field(default_factory=list)
    waiting: list[Event] = field(default_factory=list)


async def apply(events: Iterable[Event], source: str, generation: Generation, *, using: Applying) -> Applied:
    """Counts every event in every row it belongs to, once, however often it is applied.

    The events of one source must be applied in its order, without leaving any out. Never raises for storage: what
    could not be done is in the answer.
    """
    applied = Applied()
    left = folded(events, generation.shards)
    for attempt in range(using.backoff.attempts):
        left = await _round(left, source, generation, applied, using)
        if not left:
            return applied
        VIEW_ROW_RETRIES.inc(len(left))
        if attempt + 1 < using.backoff.attempts:
            await using.backoff.wait(attempt)
    waiting = {one.event.mark: one.event for contributions in left.values() for one in contributions}
    applied.waiting = [waiting[mark] for mark in sorted(waiting)]
    return applied


async def _round(
    left: Contributions, source: str, generation: Generation, applied: Applied, using: Applying
) -> Contributions:
    """What is still left after one try."""
    try:
        before = await _load(left, generation, using)
    except StoreUnavailable:  # nothing was changed: the same again in the next round
        return left
    changes = _changes(left, source, before)
    outcomes = await using.writer.save(generation, changes)
    again: Contributions = {}
    for change, outcome in zip(changes, outcomes, strict=True):
        if outcome is Saved.SAVED:
            using.rows.remember(generation, change.view_id, change.after)
            continue
        using.rows.forget(generation, change.view_id)
        if isinstance(outcome, Unsavable):
            applied.refused.append((change.view_id, outcome.reason, _events(left[change.view_id])))
        else:
            again[change.view_id] = left[change.view_id]
    return again


async def _load(left: Contributions, generation: Generation, using: Applying) -> Mapping[ViewId, ViewRow]:
    known = using.rows.known(generation, left)
    unknown = [view_id for view_id in left if view_id not in known]
    return known | await using.writer.load(generation, unknown) if unknown else known


def _changes(left: Contributions, source: str, rows: Mapping[ViewId, ViewRow]) -> list[Change]:
    changes = []
    for view_id, contributions in left.items():
        before = rows.get(view_id)
        after = counted_in(before, source, contributions)
        if after is not None:
            changes.append(Change(view_id, before, after))
    return changes


def _events(contributions: Sequence[Contribution]) -> list[Event]:
    return [one.event for one in contributions]
