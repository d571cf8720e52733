"""Who leads a category in a period, computed from the purchases at this moment."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.kickbacks import Valuation
from app.domain.periods import DateRange, Period
from app.domain.rankings import Member, Ranked, RankedBy, member_of, rank_among, ranked
from app.domain.totals import Figures, Totals
from app.ports.categories import Categories
from app.ports.timelines import Subject, Timeline, Timelines


@dataclass(frozen=True, slots=True)
class LiveSource:
    """What live answers are computed from."""

    timelines: Timelines
    categories: Categories
    valuation: Valuation
    now: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Ranking:
    """`category_rank` is the category's own place among all; None when it has no purchases. `as_of`: all that was
    recorded before is in it."""

    category_rank: int | None
    totals: Totals
    value: int
    rows: Sequence[Ranked]
    as_of: datetime


async def live_ranking(category: str, period: Period, by: RankedBy, *, source: LiveSource) -> Ranking:
    """Folds every purchase of the period in the category, and the totals of the other categories for its rank.

    Raises StoreUnavailable when any shard does not answer.
    """
    as_of = source.now()
    totals, members = Totals(), dict[str, Member]()

    def consume(purchases: Sequence[Figures]) -> None:
        for figures in purchases:
            totals.add(figures)
            member_id, name = member_of(figures, by)
            members.setdefault(member_id, Member(member_id)).add(figures, name)

    dates = DateRange(period.first, period.last)
    await source.timelines.fold(Timeline(Subject.CATEGORY, category), dates, consume)
    value = totals.value(source.valuation)
    others = await _values_of_others(category, period, source) if totals.count else []
    return Ranking(
        category_rank=rank_among(value, others) if totals.count else None,
        totals=totals,
        value=value,
        rows=ranked(members.values(), source.valuation),
        as_of=as_of,
    )


async def _values_of_others(category: str, period: Period, source: LiveSource) -> list[int]:
    values = []
    for other in sorted(await source.categories.names(period.months()) - {category}):
        totals = await live_totals(Timeline(Subject.CATEGORY, other), DateRange(period.first, period.last), source)
        if totals.count:
            values.append(totals.value(source.valuation))
    return values


async def live_totals(timeline: Timeline, dates: DateRange, source: LiveSource) -> Totals:
    """The sum over all purchases of one category or card."""
    totals = Totals()

    def consume(purchases: Sequence[Figures]) -> None:
        for figures in purchases:
            totals.add(figures)

    await source.timelines.fold(timeline, dates, consume)
    return totals
