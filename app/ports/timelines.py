"""The purchases of one category or one card, over all shards of its key."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from app.domain.periods import DateRange
from app.domain.totals import Figures
from app.ports.pages import Page, Position


class Subject(StrEnum):
    """Which index."""

    CATEGORY = "CATEGORY"
    CARD = "CARD"


@dataclass(frozen=True, slots=True)
class Timeline:
    """One category's or one card's purchases."""

    subject: Subject
    key: str


class Timelines(Protocol):
    """Sharded reads. One failing shard fails the request: a part is never passed off as the whole."""

    async def page(self, timeline: Timeline, dates: DateRange, *, limit: int, after: Position | None) -> Page:
        """Newest date first; within a date in an order that stays the same for every page size.
        Raises StoreUnavailable."""
        ...

    async def fold(self, timeline: Timeline, dates: DateRange, consume: Callable[[Sequence[Figures]], None]) -> None:
        """Hands everything in the range to `consume`, in pieces, in no order. Raises StoreUnavailable."""
        ...
