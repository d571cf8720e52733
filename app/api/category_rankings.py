"""GET /rankings/categories"""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field

from app.api.errors import problems
from app.api.groups import GroupTotals, group_totals_document, least_members
from app.api.paging import opened, page_response
from app.api.periods import PeriodQuery, period_document
from app.api.problems import CURSOR_INVALID
from app.api.rankings import RankingRow, ranked_document
from app.api.routing import StrictRoute
from app.api.schemas import Answer, Cursor, Limit
from app.api.services import Services, services_of
from app.api.totals import ValuationAnswer, valuation_document
from app.api.views import fresh_of
from app.domain.periods import business_date, utc_text
from app.domain.rankings import Ranked
from app.ports.pages import Position
from app.queries.category_rankings import live_category_ranking, view_category_ranking

router = APIRouter(route_class=StrictRoute, tags=["rankings"])


class CategoryRankingsQuery(PeriodQuery):
    """One of `month` and `year`."""

    limit: Limit = 50
    cursor: Cursor | None = Field(None, description="`nextCursor` of the page before")


class CategoryRow(RankingRow):
    """One category's place. `id` and `name` are the category too, as in other rankings."""

    category: str | None


class CategoryRankingAnswer(Answer):
    """A page of the medal table. `totals` is the sum over all categories. Everything recorded before `asOf` is in it;
    `final`: the period was over then."""

    month: str = ""
    year: str = ""
    as_of: str
    final: bool
    totals: GroupTotals
    valuation: ValuationAnswer
    items: list[CategoryRow]
    next_cursor: str | None


@router.get(
    "/rankings/categories",
    response_model=CategoryRankingAnswer,
    summary="The medal table of categories in a month or year",
    responses=problems(CURSOR_INVALID),
)
async def get_category_rankings(
    request: Request,
    query: Annotated[CategoryRankingsQuery, Query()],
    services: Annotated[Services, Depends(services_of)],
) -> Response:
    """Ordered by kickback value, then name."""
    period = query.period()
    after = opened(request, query, query.cursor, services.cursors)
    fresh = await fresh_of(query, services)
    least = least_members(request, services)
    if fresh is not None:
        found = await view_category_ranking(period, fresh, least=least, views=services.views)
    else:
        found = await live_category_ranking(period, least=least, source=services.live)
    rows = [row for row in found.rows if after is None or _place(row) > (-int(after[0]), after[1])]
    shown = rows[: query.limit]
    around = {
        **period_document(period),
        "asOf": utc_text(found.as_of),
        "final": period.last < business_date(found.as_of, services.purchases.zone),
        "totals": group_totals_document(found.totals, found.valuation, is_hidden=found.suppressed.totals),
        "valuation": valuation_document(found.valuation, services.currency),
    }
    documents = [ranked_document(row, found.valuation, found.suppressed) for row in shown]
    items = [{**one, "name": one["id"], "category": one["id"]} for one in documents]
    following = _position(shown[-1]) if len(rows) > len(shown) else None
    return page_response(request, query, items, following, services.cursors, around)


def _place(row: Ranked) -> tuple[int, str]:
    return (-row.value, row.member.member_id)


def _position(row: Ranked) -> Position:
    return (str(row.value), row.member.member_id)
