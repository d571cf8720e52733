"""Events of scripted sources, and what they must add up to."""

from collections.abc import Iterable
from dataclasses import replace

from app.domain.kickbacks import KickbackType
from app.domain.view_rows import Countable, ViewRow
from app.ports.views import Generation, ViewId
from app.projections.folding import Event, rows_of

GENERATION = Generation(1, 4, dict.fromkeys(KickbackType, 1_000_000), "")


def event(number: int, figures: Countable) -> Event:
    """The record with that place in its source."""
    return Event(str(number), number.to_bytes(4, "big"), figures)


def plain_fold(many: Iterable[Countable], shards: int = GENERATION.shards) -> dict[ViewId, ViewRow]:
    """Every row as it must be, without marks: each purchase and entry once, in no particular order."""
    rows: dict[ViewId, ViewRow] = {}
    for one in many:
        for view_id, counted in rows_of(one, shards):
            rows.setdefault(view_id, ViewRow()).add(one, counted)
    return rows


def without_marks(rows: dict[ViewId, ViewRow]) -> dict[ViewId, ViewRow]:
    """What a row says, not how it came to say it."""
    return {view_id: replace(row, marks={}) for view_id, row in rows.items()}
