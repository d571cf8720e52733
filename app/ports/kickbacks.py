"""A user's purchases with their kickbacks, newest first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from app.domain.kickbacks import KickbackType
from app.domain.periods import DateRange
from app.domain.totals import Figures
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

    async def fold(self, user_id: str, dates: DateRange, consume: Callable[[Sequence[Figures]], None]) -> None:
        """Hands everything in the range to `consume`, in pieces. Raises StoreUnavailable."""
        ...
