"""Who leads a category in a period: from the views, or computed from the purchases at this moment."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.kickbacks import Valuation
from app.domain.periods import DateRange, Period
from app.domain.rankings import Member, Ranked, RankedBy, member_of, rank_among, ranked
from app.domain.totals import Figures, Totals
from app.ports.categories import Categories
from app.ports.timelines import Subject, Timeline, Timelines
from app.ports.views import Leaderboard, Place, Standing, Views
from app.queries.freshness import Fresh


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


@dataclass(frozen=True, slots=True)
class RankPosition:
    """The last row of a page: its place, its rank, and how many rows there were up to it, so that ranks go on."""

    place: Place
    rank: int
    passed: int


@dataclass(frozen=True, slots=True)
class RankingPage:
    """Some rows of a ranking. `following` is None when there are no more."""

    ranking: Ranking
    valuation: Valuation
    following: RankPosition | None


async def view_ranking(
    board: Leaderboard, fresh: Fresh, *, limit: int, after: RankPosition | None, views: Views
) -> RankingPage:
    """A page from the views. Raises StoreUnavailable when any shard does not answer."""
    valuation = fresh.generation.valuation
    place = after.place if after else None
    standings, categories = await asyncio.gather(
        views.leaderboard(fresh.generation, board, limit=limit + 1, after=place),
        views.categories(fresh.generation, board.period),
    )
    values = {name: row.totals.value(valuation) for name, row in categories.items() if row.totals.count}
    value = values.get(board.category)
    row = categories.get(board.category)
    totals = row.totals if row is not None else Totals()
    rows = _ranked_on(standings[:limit], after)
    return RankingPage(
        ranking=Ranking(
            category_rank=rank_among(value, values.values()) if value is not None else None,
            totals=totals,
            value=totals.value(valuation),
            rows=rows,
            as_of=fresh.as_of,
        ),
        valuation=valuation,
        following=_following(rows, after) if len(standings) > limit else None,
    )


def _ranked_on(standings: Sequence[Standing], after: RankPosition | None) -> list[Ranked]:
    """Ranks go on from where the page before ended."""
    rows: list[Ranked] = []
    rank, value = (after.rank, after.place.value) if after else (0, None)
    for position, standing in enumerate(standings, start=after.passed + 1 if after else 1):
        if standing.value != value:
            rank, value = position, standing.value
        rows.append(Ranked(rank, standing.value, Member(standing.member, standing.row.totals, standing.row.naming)))
    return rows


def _following(rows: Sequence[Ranked], after: RankPosition | None) -> RankPosition:
    last = rows[-1]
    passed = (after.passed if after else 0) + len(rows)
    return RankPosition(Place(last.value, last.member.member_id), last.rank, passed)


async def live_ranking_page(
    category: str, period: Period, by: RankedBy, *, limit: int, after: RankPosition | None, source: LiveSource
) -> RankingPage:
    """A page of the live ranking, which is computed whole for each page. A position of the views is good here too."""
    whole = await live_ranking(category, period, by, source=source)
    first = _first_behind(whole.rows, after.place) if after else 0
    shown = whole.rows[first : first + limit]
    return RankingPage(
        ranking=Ranking(whole.category_rank, whole.totals, whole.value, shown, whole.as_of),
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
