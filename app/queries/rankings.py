"""Who leads a category in a period, from the views. (Computed at this moment: see app.queries.live_rankings.)"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.kickbacks import Valuation
from app.domain.rankings import Ranked, rank_among
from app.domain.totals import Totals
from app.ports.categories import Categories
from app.ports.timelines import Timelines
from app.ports.views import Leaderboard, Place, Standing, Views
from app.queries.freshness import Fresh
from app.queries.suppression import (
    NOTHING,
    Suppressed,
    category_members,
    is_hidden,
    standing_member,
    suppressed_in_board,
)


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
    recorded before is in it; `suppressed` what of it is not for the caller."""

    category_rank: int | None
    totals: Totals
    value: int
    rows: Sequence[Ranked]
    as_of: datetime
    suppressed: Suppressed = NOTHING


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
    board: Leaderboard, fresh: Fresh, *, limit: int, after: RankPosition | None, least: int, views: Views
) -> RankingPage:
    """A page from the views. `least` users must be behind what the caller may see; 0: everything.

    Raises StoreUnavailable when any shard does not answer.
    """
    valuation = fresh.generation.valuation
    place = after.place if after else None
    standings, categories = await asyncio.gather(
        views.leaderboard(fresh.generation, board, limit=limit + 1, after=place),
        fresh.categories_of(board.period, views),
    )
    values = {name: row.totals.value(valuation) for name, row in categories.items() if row.totals.count}
    value = values.get(board.category)
    row = categories.get(board.category)
    totals = row.totals if row is not None else Totals()
    rows = _ranked_on(standings[:limit], after)
    suppressed = await suppressed_in_board(
        [row.member for row in rows],
        board,
        fresh,
        least=least,
        is_whole=after is None and len(standings) <= limit,
        totals=least > 0 and is_hidden(board.category, category_members(categories), valuation, least),
        views=views,
    )
    return RankingPage(
        ranking=Ranking(
            category_rank=rank_among(value, values.values()) if value is not None else None,
            totals=totals,
            value=totals.value(valuation),
            rows=rows,
            as_of=fresh.as_of,
            suppressed=suppressed,
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
        rows.append(Ranked(rank, standing.value, standing_member(standing)))
    return rows


def _following(rows: Sequence[Ranked], after: RankPosition | None) -> RankPosition:
    last = rows[-1]
    passed = (after.passed if after else 0) + len(rows)
    return RankPosition(Place(last.value, last.member.member_id), last.rank, passed)
