"""From purchases and entries to what changes in each row, and from there to the row: pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from app.domain.bookings import Booking
from app.domain.view_rows import Countable, Counted, Mark, ViewRow
from app.ports.views import ViewId
from app.projections import card_totals, category_totals, journal, leaderboards, user_totals

PROJECTIONS = (leaderboards.rows_of, category_totals.rows_of, card_totals.rows_of, user_totals.rows_of)


@dataclass(frozen=True, slots=True)
class Event:
    """A purchase, reversal or entry as a source delivers it. `sequence` is how the source names the record."""

    sequence: str
    mark: Mark
    figures: Countable


@dataclass(frozen=True, slots=True)
class Contribution:
    """An event's part in one row."""

    event: Event
    counted: Counted


Contributions = dict[ViewId, list[Contribution]]


def rows_of(one: Countable, shards: int) -> Iterator[tuple[ViewId, Counted]]:
    """Every row in which a purchase or an entry counts, over all views. `shards` are the generation's."""
    if isinstance(one, Booking):
        yield from journal.rows_of(one, shards)
    else:
        for projection in PROJECTIONS:
            yield from projection(one)


def folded(events: Iterable[Event], shards: int) -> Contributions:
    """What a batch contributes to each row, in the order of the batch."""
    contributions: Contributions = {}
    for event in events:
        for view_id, counted in rows_of(event.figures, shards):
            contributions.setdefault(view_id, []).append(Contribution(event, counted))
    return contributions


def counted_in(before: ViewRow | None, source: str, contributions: Sequence[Contribution]) -> ViewRow | None:
    """The row with everything in it that its mark says is new; None when nothing is.

    This is why a record that comes twice, in another batch or to two projectors at once, counts once: a source's
    records come in order, and the row itself, saved under the condition that its marks are unchanged, says how far.
    """
    seen = before.marks.get(source, b"") if before is not None else b""
    after: ViewRow | None = None
    for one in sorted(contributions, key=lambda contribution: contribution.event.mark):
        if one.event.mark > seen:
            seen = one.event.mark
            if after is None:
                after = before.copy() if before is not None else ViewRow()
            after.add(one.event.figures, one.counted)
    if after is not None:
        after.marks[source] = seen
    return after
