"""The medal table of categories in a period."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.kickbacks import Valuation
from app.domain.periods import DateRange, Period
from app.domain.rankings import Member, Ranked, ranked
from app.domain.totals import Totals
from app.ports.views import Views
from app.queries.freshness import Fresh
from app.queries.live_rankings import live_category
from app.queries.rankings import LiveSource
from app.queries.suppression import Suppressed, category_members, suppressed_of


@dataclass(frozen=True, slots=True)
class CategoryRanking:
    """`totals` is the sum over all categories. Categories without purchases are not among the rows. `suppressed`: what
    of it is not for the caller."""

    totals: Totals
    rows: Sequence[Ranked]
    as_of: datetime
    valuation: Valuation
    suppressed: Suppressed


async def view_category_ranking(period: Period, fresh: Fresh, *, least: int, views: Views) -> CategoryRanking:
    """From one read. `least` users must be behind what the caller may see; 0: everything. Raises StoreUnavailable."""
    found = await fresh.categories_of(period.name, views)
    return _ranking(category_members(found), fresh.as_of, fresh.generation.valuation, least)


async def live_category_ranking(period: Period, *, least: int, source: LiveSource) -> CategoryRanking:
    """Folds every purchase of the period, one category after the other. Raises StoreUnavailable."""
    as_of = source.now()
    dates = DateRange(period.first, period.last)
    members = [
        await live_category(category, dates, source)
        for category in sorted(await source.categories.names(period.months()))
    ]
    return _ranking(members, as_of, source.valuation, least)


def _ranking(members: Sequence[Member], as_of: datetime, valuation: Valuation, least: int) -> CategoryRanking:
    totals = Totals()
    for member in members:
        totals.merge(member.totals)
    rows = ranked(members, valuation)
    return CategoryRanking(totals, rows, as_of, valuation, suppressed_of([row.member for row in rows], least))
