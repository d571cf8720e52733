"""GET /categories/{cat}/rankings"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import Field

from app.api.errors import problems
from app.api.groups import GroupTotals, group_totals_document, least_members, suppressed_document
from app.api.paging import opened, page_response
from app.api.periods import PeriodQuery, period_document
from app.api.principals import check_administrator
from app.api.problems import CURSOR_INVALID, FORBIDDEN
from app.api.routing import StrictRoute
from app.api.schemas import Answer, Category, Cursor, Limit, example
from app.api.services import Services, services_of
from app.api.totals import ValuationAnswer, rate_document, valuation_document
from app.api.views import fresh_of
from app.domain.kickbacks import Valuation
from app.domain.periods import business_date, utc_text
from app.domain.rankings import MEDALS, Ranked, RankedBy
from app.ports.pages import Position
from app.ports.views import Leaderboard, Place
from app.queries.live_rankings import live_ranking_page
from app.queries.rankings import RankPosition, view_ranking
from app.queries.suppression import Suppressed

router = APIRouter(route_class=StrictRoute, tags=["categories"])


class RankingsQuery(PeriodQuery):
    """Which period and what is ranked. One of `month` and `year`."""

    by: Annotated[RankedBy, Field(strict=False)] = RankedBy.CARD
    limit: Limit = 50
    cursor: Cursor | None = Field(None, description="`nextCursor` of the page before")


class RankingRow(GroupTotals):
    """One member's place. Equal values share a rank. `id` too is null where a row is suppressed."""

    rank: int
    medal: str | None
    id: str | None
    name: str | None
    realized_rate: float | None


class RankingAnswer(Answer):
    """A page of the ranking. `categoryRank` is the category's own place among all; null without purchases.

    Everything recorded before `asOf` is in it. `final`: the period was over then.
    """

    category: str
    month: str = ""
    year: str = ""
    by: str
    as_of: str
    final: bool
    category_rank: int | None
    totals: GroupTotals
    valuation: ValuationAnswer
    items: list[RankingRow]
    next_cursor: str | None


@router.get(
    "/categories/{cat}/rankings",
    response_model=RankingAnswer,
    summary="Who leads a category in a month or year",
    responses=problems(CURSOR_INVALID, FORBIDDEN),
)
async def get_rankings(
    request: Request,
    category: Annotated[Category, Path(alias="cat", openapi_examples=example("GROCERY"))],
    query: Annotated[RankingsQuery, Query()],
    services: Annotated[Services, Depends(services_of)],
) -> Response:
    """Ordered by kickback value, then id. Ranking by user is for administrators; where PSEUDONYM_KEY is set, ids of
    users are pseudonyms there, always the same for the same user."""
    if query.by is RankedBy.USER:
        check_administrator(request)
    period = query.period()
    after = _position(opened(request, query, query.cursor, services.cursors))
    fresh = await fresh_of(query, services)
    least = least_members(request, services)
    if fresh is not None:
        board = Leaderboard(category, period.name, query.by)
        page = await view_ranking(board, fresh, limit=query.limit, after=after, least=least, views=services.views)
    else:
        page = await live_ranking_page(
            category, period, query.by, limit=query.limit, after=after, least=least, source=services.live
        )
    ranking, valuation = page.ranking, page.valuation
    around = {
        "category": category,
        **period_document(period),
        "by": query.by.value,
        "asOf": utc_text(ranking.as_of),
        "final": period.last < business_date(ranking.as_of, services.purchases.zone),
        "categoryRank": ranking.category_rank,
        "totals": group_totals_document(ranking.totals, valuation, is_hidden=ranking.suppressed.totals),
        "valuation": valuation_document(valuation, services.currency),
    }
    items = [ranked_document(row, valuation, ranking.suppressed) for row in ranking.rows]
    if query.by is RankedBy.USER:
        for item in items:
            item["id"] = services.pseudonyms.shown(item["id"])
    return page_response(request, query, items, _texts(page.following), services.cursors, around)


def ranked_document(row: Ranked, valuation: Valuation, suppressed: Suppressed) -> dict[str, Any]:
    """A member's place and, if they are for the caller, who it is and its sums."""
    document = {
        "rank": row.rank,
        "medal": MEDALS.get(row.rank),
        "id": row.member.member_id,
        "name": row.member.name,
        **rate_document(row.member.totals, valuation),
    }
    return suppressed_document(document) if suppressed.hides(row.member.member_id) else document


def _position(texts: Position | None) -> RankPosition | None:
    if texts is None:
        return None
    value, member, rank, passed = texts
    return RankPosition(Place(int(value), member), int(rank), int(passed))


def _texts(position: RankPosition | None) -> Position | None:
    if position is None:
        return None
    return (str(position.place.value), position.place.member, str(position.rank), str(position.passed))
