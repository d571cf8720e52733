"""GET /cards/{cardId}/efficiency"""

from datetime import date
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import Field

from app.api.errors import problems
from app.api.groups import least_members
from app.api.problems import invalid
from app.api.routing import StrictRoute
from app.api.schemas import Answer, BusinessDate, Id, example
from app.api.services import Services, services_of
from app.api.totals import TotalsAnswer, ValuationAnswer, rate_document, rate_number, valuation_document
from app.api.views import ViewQuery, fresh_of
from app.domain.periods import business_date, utc_text
from app.domain.ranges import bounded_range
from app.queries.efficiency import live_efficiency, view_efficiency

router = APIRouter(route_class=StrictRoute, tags=["cards"])


class RangeQuery(ViewQuery):
    """At most 366 days, both ends included. Without `to` it ends today, without `from` it is a year long."""

    first: BusinessDate | None = Field(None, alias="from", description="First day, included", examples=["2025-04-01"])
    last: BusinessDate | None = Field(None, alias="to", description="Last day, included", examples=["2025-06-30"])

    def range(self, today: date) -> tuple[date, date]:
        """Raises Problem VALIDATION_FAILED."""
        try:
            return bounded_range(self.first, self.last, today=today)
        except ValueError as error:
            raise invalid("/query/from", str(error)) from None


class CategoryEfficiency(Answer):
    """One category's part."""

    category: str
    count: int
    transaction_total: int
    kickback_value: int
    kickback_by_type: dict[str, int]
    realized_rate: float | None


class EfficiencyAnswer(TotalsAnswer):
    """`averageRate` is the plain mean of the rates, `realizedRate` is kickback over spending."""

    card_id: str
    card_name: str | None
    first: str = Field(alias="from")
    last: str = Field(alias="to")
    as_of: str
    average_rate: float | None
    realized_rate: float | None
    by_category: list[CategoryEfficiency] = Field(
        description="For administrators; else empty: nobody counts how many users are behind a category of a card"
    )
    valuation: ValuationAnswer
    suppressed: bool = Field(
        False, description="Always true: it is only there where fewer users are behind the card than MIN_GROUP_MEMBERS"
    )


@router.get(
    "/cards/{cardId}/efficiency",
    response_model=EfficiencyAnswer,
    summary="Rate, amount and count of one card",
    responses=problems(),
)
async def get_efficiency(
    request: Request,
    card_id: Annotated[Id, Path(alias="cardId", openapi_examples=example("card-hanako"))],
    query: Annotated[RangeQuery, Query()],
    services: Annotated[Services, Depends(services_of)],
) -> Response:
    """An unknown card has zero counts and null rates. So has, for others than administrators, one that too few users
    are behind."""
    first, last = query.range(business_date(services.live.now(), services.purchases.zone))
    fresh = await fresh_of(query, services)
    least = least_members(request, services)
    if fresh is not None:
        found = await view_efficiency(card_id, first, last, fresh, least=least, views=services.views)
    else:
        found = await live_efficiency(card_id, first, last, least=least, source=services.live)
    valuation = found.valuation
    document: dict[str, Any] = {
        "cardId": card_id,
        "cardName": found.card_name,
        "from": first.isoformat(),
        "to": last.isoformat(),
        "asOf": utc_text(found.as_of),
        **rate_document(found.totals, valuation),
        "averageRate": rate_number(found.totals.average_rate_millionths()),
        "byCategory": [
            {"category": category, **rate_document(totals, valuation)} for category, totals in found.by_category.items()
        ],
        "valuation": valuation_document(valuation, services.currency),
    }
    if found.is_suppressed:
        document["suppressed"] = True
    return Response(msgspec.json.encode(document), media_type="application/json")
