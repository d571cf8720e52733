"""GET /rankings/cards"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field

from app.api.efficiency import RangeQuery
from app.api.errors import problems
from app.api.groups import GroupTotals, group_totals_document, least_members, suppressed_document
from app.api.paging import opened, page_response
from app.api.problems import CURSOR_INVALID
from app.api.rankings import RankingRow
from app.api.routing import StrictRoute
from app.api.schemas import Answer, Cursor, Limit
from app.api.services import Services, services_of
from app.api.totals import ValuationAnswer, rate_document, valuation_document
from app.api.views import fresh_of
from app.domain.card_rankings import CardOrder, RankedCard
from app.domain.periods import business_date, utc_text
from app.ports.pages import Position
from app.queries.card_rankings import CardRanking, live_card_ranking, view_card_ranking

router = APIRouter(route_class=StrictRoute, tags=["rankings"])


class CardRankingsQuery(RangeQuery):
    """At most 366 days, both ends included. Without `to` it ends today, without `from` it is a year long."""

    limit: Limit = 50
    cursor: Cursor | None = Field(None, description="`nextCursor` of the page before")


class CardRow(RankingRow):
    """One card's place. Equal rate and value share a rank."""

    low_sample: bool | None = Field(
        description="Fewer purchases than the service asks for (10 unless set otherwise), so that a single one could "
        "decide the rate. Such cards come last and have no medals"
    )


class CardRankingAnswer(Answer):
    """A page of the ranking. `totals` is the sum over all cards. Everything recorded before `asOf` is in it; `final`:
    the range was over then."""

    first: str = Field(alias="from")
    last: str = Field(alias="to")
    as_of: str
    final: bool
    low_sample_purchases: int = Field(description="Cards with fewer purchases are low samples")
    totals: GroupTotals
    valuation: ValuationAnswer
    items: list[CardRow]
    next_cursor: str | None


@router.get(
    "/rankings/cards",
    response_model=CardRankingAnswer,
    summary="Which card gives back most",
    responses=problems(CURSOR_INVALID),
)
async def get_card_rankings(
    request: Request,
    query: Annotated[CardRankingsQuery, Query()],
    services: Annotated[Services, Depends(services_of)],
) -> Response:
    """Ordered by realized rate, then kickback value, then id; cards with too few purchases to say come last.

    It reads a row for each card and month of the range and for each card and day of the months at its edges: whole
    months cost least.
    """
    first, last = query.range(business_date(services.live.now(), services.purchases.zone))
    after = opened(request, query, query.cursor, services.cursors)
    fresh = await fresh_of(query, services)
    low_sample_below = services.low_sample_purchases
    least = least_members(request, services)
    if fresh is not None:
        found = await view_card_ranking(
            first, last, fresh, low_sample_below=low_sample_below, least=least, views=services.views
        )
    else:
        found = await live_card_ranking(
            first, last, low_sample_below=low_sample_below, least=least, source=services.live
        )
    behind = _order(after) if after is not None else None
    rows = [row for row in found.rows if behind is None or row.order > behind]
    shown = rows[: query.limit]
    around = {
        "from": first.isoformat(),
        "to": last.isoformat(),
        "asOf": utc_text(found.as_of),
        "final": last < business_date(found.as_of, services.purchases.zone),
        "lowSamplePurchases": low_sample_below,
        "totals": group_totals_document(found.totals, found.valuation, is_hidden=found.suppressed.totals),
        "valuation": valuation_document(found.valuation, services.currency),
    }
    items = [_document(row, found) for row in shown]
    following = _position(shown[-1].order) if len(rows) > len(shown) else None
    return page_response(request, query, items, following, services.cursors, around)


def _document(row: RankedCard, found: CardRanking) -> dict[str, Any]:
    document = {
        "rank": row.rank,
        "medal": row.medal,
        "id": row.member.member_id,
        "name": row.member.name,
        **rate_document(row.member.totals, found.valuation),
        "lowSample": row.low_sample,
    }
    return suppressed_document(document) if found.suppressed.hides(row.member.member_id) else document


def _position(order: CardOrder) -> Position:
    low, rate, value, card_id = order
    return (str(int(low)), str(rate), str(value), card_id)


def _order(position: Position) -> CardOrder:
    low, rate, value, card_id = position
    return (low == "1", int(rate), int(value), card_id)
