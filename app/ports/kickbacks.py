"""A user's purchases with their kickbacks, newest first."""

from dataclasses import dataclass
from typing import Protocol

from app.domain.kickbacks import KickbackType
from app.domain.periods import DateRange
from app.ports.pages import Page, Position


@dataclass(frozen=True, slots=True)
class KickbackFilter:
    """None admits all."""

    kind: KickbackType | None = None
    category: str | None = None
    card_id: str | None = None


class Kickbacks(Protocol):
    """History by user."""

    async def page(
        self, user_id: str, dates: DateRange, only: KickbackFilter, *, limit: int, after: Position | None
    ) -> Page:
        """`limit` purchases, date descending, then id descending; fewer only at the end. A recorded purchase is
        there at once. Raises StoreUnavailable."""
        ...
