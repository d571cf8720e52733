"""How much a card gives back, computed from its purchases at this moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.domain.periods import DateRange
from app.domain.rankings import Member
from app.domain.totals import Figures, Totals
from app.ports.timelines import Subject, Timeline
from app.queries.rankings import LiveSource


@dataclass(frozen=True, slots=True)
class Efficiency:
    """`by_category` is ordered by name. `card_name` is the newest known, None for an unknown card."""

    card_name: str | None
    first: date
    last: date
    totals: Totals
    by_category: dict[str, Totals]
    as_of: datetime


async def live_efficiency(card_id: str, first: date, last: date, *, source: LiveSource) -> Efficiency:
    """Folds every purchase of the card between two days, both included. Raises StoreUnavailable."""
    as_of = source.now()
    card = Member(card_id)
    by_category: dict[str, Totals] = {}

    def consume(purchases: Sequence[Figures]) -> None:
        for figures in purchases:
            card.add(figures, figures.card_name)
            by_category.setdefault(figures.category, Totals()).add(figures)

    await source.timelines.fold(Timeline(Subject.CARD, card_id), DateRange(first, last), consume)
    return Efficiency(card.name, first, last, card.totals, dict(sorted(by_category.items())), as_of)
