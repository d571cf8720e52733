"""GET /categories/{cat}/rankings"""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import Field

from app.api.errors import problems
from app.api.paging import opened, page_response
from app.api.problems import CURSOR_INVALID, FORBIDDEN, Problem, invalid
from app.api.routing import StrictRoute
from app.api.schemas import Answer, Category, Cursor, Limit, StrictModel, example
from app.api.services import Services, services_of
from app.api.totals import TotalsAnswer, ValuationAnswer, rate_number, totals_document, valuation_document
from app.domain.kickbacks import Valuation
from app.domain.periods import Period, business_date, parse_month, parse_year, utc_text
from app.domain.rankings import MEDALS, Ranked, RankedBy
from app.ports.pages import Position
from app.queries.rankings import live_ranking

router = APIRouter(route_class=StrictRoute, tags=["categories"])


class RankingsQuery(StrictModel):
    """Which period and what is ranked. One of `month` and `year`."""

    month: str | None = Field(None, description="YYYY-MM", examples=["2025-05"])
    year: str | None = Field(None, description="YYYY, instead of month")
    by: Annotated[RankedBy, Field(strict=False)] = RankedBy.CARD
    limit: Limit = 50
    cursor: Cursor | None = Field(None, description="`nextCursor` of the page before")
    view: Literal["live"] | None = Field(None, description="`live`: from the purchases at this moment")

    def period(self) -> Period:
        """Raises Problem VALIDATION_FAILED."""
        if (self.month is None) == (self.year is None):
            raise invalid("/query/month", "give either month or year")
        try:
            return parse_month(self.month) if self.month is not None else parse_year(str(self.year))
        except ValueError as error:
            raise invalid("/query/month" if self.month is not None else "/query/year", str(error)) from None


class RankingRow(TotalsAnswer):
    """One member's place. Equal values share a rank."""

    rank: int
    medal: str | None
    id: str
    name: str | None
    realized_rate: float | None


class RankingAnswer(Answer):
    """A page of the ranking. `categoryRank` is the category's own place among all; null without purchases."""

    category: str
    month: str = ""
    year: str = ""
    by: str
    as_of: str
    final: bool
    category_rank: int | None
    totals: TotalsAnswer
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
    """Ordered by kickback value, then id. Ranking by user is for administrators."""
    if query.by is RankedBy.USER and not services.is_local:
        raise Problem(FORBIDDEN, "Ranking by user needs an administrator.")
    period = query.period()
    after = opened(request, query, query.cursor, services.cursors)
    ranking = await live_ranking(category, period, query.by, source=services.live)
    valuation = services.live.valuation
    rows = _after(ranking.rows, after)
    shown = rows[: query.limit]
    around = {
        "category": category,
        **({"month": period.name} if query.month else {"year": period.name}),
        "by": query.by.value,
        "asOf": utc_text(ranking.as_of),
        "final": period.last < business_date(ranking.as_of, services.purchases.zone),
        "categoryRank": ranking.category_rank,
        "totals": totals_document(ranking.totals, valuation),
        "valuation": valuation_document(valuation, services.currency),
    }
    following = _position(shown[-1]) if len(rows) > len(shown) else None
    items = [_row(row, valuation) for row in shown]
    return page_response(request, query, items, following, services.cursors, around)


def _after(rows: list[Ranked] | Any, position: Position | None) -> Any:
    """The rows behind the one a cursor names, by value and id: it need not be there any more."""
    if position is None:
        return rows
    value, member_id = int(position[0]), position[1]
    return [row for row in rows if (-row.value, row.member.member_id) > (-value, member_id)]


def _position(row: Ranked) -> Position:
    return (str(row.value), row.member.member_id)


def _row(row: Ranked, valuation: Valuation) -> dict[str, Any]:
    return {
        "rank": row.rank,
        "medal": MEDALS.get(row.rank),
        "id": row.member.member_id,
        "name": row.member.name,
        **totals_document(row.member.totals, valuation),
        "realizedRate": rate_number(row.member.totals.realized_rate_millionths(valuation)),
    }
