"""The medal table of categories in a period."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.kickbacks import Valuation
from app.domain.periods import DateRange, Period
from app.domain.rankings import Member, Ranked, ranked
from app.domain.totals import Totals
from app.ports.timelines import Subject, Timeline
from app.ports.views import Views
from app.queries.freshness import Fresh
from app.queries.rankings import LiveSource, live_totals


@dataclass(frozen=True, slots=True)
class CategoryRanking:
    """`totals` is the sum over all categories. Categories without purchases are not among the rows."""

    totals: Totals
    rows: Sequence[Ranked]
    as_of: datetime
    valuation: Valuation


async def view_category_ranking(period: Period, fresh: Fresh, *, views: Views) -> CategoryRanking:
    """From one read. Raises StoreUnavailable."""
    found = await views.categories(fresh.generation, period.name)
    members = [Member(category, row.totals) for category, row in found.items()]
    return _ranking(members, fresh.as_of, fresh.generation.valuation)


async def live_category_ranking(period: Period, *, source: LiveSource) -> CategoryRanking:
    """Folds every purchase of the period, one category after the other. Raises StoreUnavailable."""
    as_of = source.now()
    dates = DateRange(period.first, period.last)
    members = [
        Member(category, await live_totals(Timeline(Subject.CATEGORY, category), dates, source))
        for category in sorted(await source.categories.names(period.months()))
    ]
    return _ranking(members, as_of, source.valuation)


def _ranking(members: Iterable[Member], as_of: datetime, valuation: Valuation) -> CategoryRanking:
    totals, listed = Totals(), list(members)
    for member in listed:
        totals.merge(member.totals)
    return CategoryRanking(totals, ranked(listed, valuation), as_of, valuation)
