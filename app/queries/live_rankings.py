"""Who leads a category in a period, computed from the purchases at this moment."""

from collections.abc import Sequence
from dataclasses import replace

from app.domain.periods import DateRange, Period
from app.domain.rankings import Member, Ranked, RankedBy, member_of, rank_among, ranked
from app.domain.totals import Figures
from app.ports.timelines import Subject, Timeline
from app.ports.views import Place
from app.queries.rankings import LiveSource, Ranking, RankingPage, RankPosition
from app.queries.suppression import is_hidden, suppressed_of


async def live_ranking_page(
    category: str,
    period: Period,
    by: RankedBy,
    *,
    limit: int,
    after: RankPosition | None,
    least: int,
    source: LiveSource,
) -> RankingPage:
    """A page of the live ranking, which is computed whole for each page. A position of the views is good here too."""
    whole = await live_ranking(category, period, by, least=least, source=source)
    first = _first_behind(whole.rows, after.place) if after else 0
    shown = whole.rows[first : first + limit]
    return RankingPage(
        ranking=replace(whole, rows=shown),
        valuation=source.valuation,
        following=(
            RankPosition(Place(shown[-1].value, shown[-1].member.member_id), shown[-1].rank, first + limit)
            if first + limit < len(whole.rows)
            else None
        ),
    )


def _first_behind(rows: Sequence[Ranked], place: Place) -> int:
    """By value and member: the row a position names need not be there any more."""
    return sum((-row.value, row.member.member_id) <= (-place.value, place.member) for row in rows)


async def live_ranking(category: str, period: Period, by: RankedBy, *, source: LiveSource, least: int = 0) -> Ranking:
    """Folds every purchase of the period in the category, and the totals of the other categories for its rank. `least`
    users must be behind what the caller may see; 0: everything.

    Raises StoreUnavailable when any shard does not answer.
    """
    as_of = source.now()
    own, members = Member(category), dict[str, Member]()

    def consume(purchases: Sequence[Figures]) -> None:
        for figures in purchases:
            own.add(figures, None)
            member_id, name = member_of(figures, by)
            members.setdefault(member_id, Member(member_id)).add(figures, name)

    dates = DateRange(period.first, period.last)
    await source.timelines.fold(Timeline(Subject.CATEGORY, category), dates, consume)
    value = own.totals.value(source.valuation)
    others = await _others(category, period, source) if own.totals.count else []
    values = [other.totals.value(source.valuation) for other in others if other.totals.count]
    rows = ranked(members.values(), source.valuation)
    hides_totals = is_hidden(category, [own, *others], source.valuation, least)
    return Ranking(
        category_rank=rank_among(value, values) if own.totals.count else None,
        totals=own.totals,
        value=value,
        rows=rows,
        as_of=as_of,
        suppressed=suppressed_of([row.member for row in rows], least, totals=hides_totals),
    )


async def _others(category: str, period: Period, source: LiveSource) -> list[Member]:
    return [
        await live_category(other, DateRange(period.first, period.last), source)
        for other in sorted(await source.categories.names(period.months()) - {category})
    ]


async def live_category(category: str, dates: DateRange, source: LiveSource) -> Member:
    """The sum over all purchases of a category."""
    found = Member(category)

    def consume(purchases: Sequence[Figures]) -> None:
        for figures in purchases:
            found.add(figures, None)

    await source.timelines.fold(Timeline(Subject.CATEGORY, category), dates, consume)
    return found
