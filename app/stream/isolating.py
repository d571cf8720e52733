"""When a batch fails for no reason of storage: finding the records to blame, so that they do not stop the rest."""

from collections.abc import Sequence
from dataclasses import replace

from app.ports.projection import Progress
from app.ports.streams import StreamRecord
from app.projections.folding import Event, counted_in, folded
from app.stream.marks import mark_of


def isolated(shard: Progress, records: Sequence[StreamRecord]) -> list[StreamRecord]:
    """The same records, with those as poison that cannot be counted even in empty rows.

    Only what a record itself is to blame for: whatever else failed is to be tried again, with nothing left out.
    """
    return [replace(one, figures=None, poison=reason) if (reason := _blame(shard, one)) else one for one in records]


def _blame(shard: Progress, record: StreamRecord) -> str | None:
    if record.figures is None:
        return None
    try:
        event = Event(record.sequence, mark_of(shard.depth, record.sequence), record.figures)
        for contributions in folded([event], 1).values():
            counted_in(None, shard.source, contributions)
    except Exception as error:
        return f"counting it failed: {type(error).__name__}"
    return None
