"""How much a card gives back: from the views, or computed from its purchases at this moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.domain.edges import cover_of
from app.domain.groups import Group
from app.domain.kickbacks import Valuation
from app.domain.periods import DateRange
from app.domain.row_sums import sum_of
from app.domain.totals import Figures, Totals
from app.domain.view_rows import Counted, ViewRow
from app.ports.timelines import Subject, Timeline
from app.ports.views import Views
from app.queries.freshness import Fresh
from app.queries.rankings import LiveSource


@dataclass(frozen=True, slots=True)
class Efficiency:
    """`by_category` is ordered by name. `card_name` is the newest known, None for an unknown card.

    `is_suppressed`: too few users are behind the card, so that it is as an unknown one. How many are behind its single
    categories is not known, so that those are left out for all who may not see everything.
    """

    card_name: str | None
    first: date
    last: date
    totals: Totals
    by_category: dict[str, Totals]
    as_of: datetime
    valuation: Valuation
    is_suppressed: bool = False


async def view_efficiency(
    card_id: str, first: date, last: date, fresh: Fresh, *, least: int, views: Views
) -> Efficiency:
    """Adds up the card's whole months and the days at the edges. `least` users must be behind what the caller may see;
    0: everything. Raises StoreUnavailable."""
    cover = cover_of(first, last)
    rows = await views.card(fresh.generation, card_id, cover.months, cover.days)
    return _efficiency(
        sum_of(rows.values(), with_users=least > 0), first, last, fresh.as_of, fresh.generation.valuation, least
    )


async def live_efficiency(card_id: str, first: date, last: date, *, least: int, source: LiveSource) -> Efficiency:
    """Folds every purchase of the card between two days, both included. Raises StoreUnavailable."""
    as_of = source.now()
    row = ViewRow()

    def consume(purchases: Sequence[Figures]) -> None:
        for figures in purchases:
            row.add(figures, Counted(name=figures.card_name, part=figures.category, with_users=True))

    await source.timelines.fold(Timeline(Subject.CARD, card_id), DateRange(first, last), consume)
    return _efficiency(row, first, last, as_of, source.valuation, least)


def _efficiency(row: ViewRow, first: date, last: date, as_of: datetime, valuation: Valuation, least: int) -> Efficiency:
    if least and not Group(row.totals.count, row.users).has(least):
        return Efficiency(None, first, last, Totals(), {}, as_of, valuation, is_suppressed=True)
    parts = {} if least else row.parts
    by_category = {category: part.totals for category, part in sorted(parts.items()) if part.totals.count}
    return Efficiency(row.naming.name, first, last, row.totals, by_category, as_of, valuation)
