"""GET /users/{id}/reports/{period}"""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import AfterValidator, WithJsonSchema

from app.api.errors import problems
from app.api.routing import StrictRoute
from app.api.schemas import Answer, Id, example
from app.api.services import Services, services_of
from app.api.totals import (
    TotalsAnswer,
    ValuationAnswer,
    rate_document,
    totals_document,
    types_document,
    valuation_document,
)
from app.api.views import ViewQuery, fresh_of
from app.domain.kickbacks import KickbackType, Valuation, kickback_value
from app.domain.periods import business_date, utc_text
from app.domain.rankings import MEDALS
from app.domain.reports import Report, change_of, parse_report_period
from app.domain.totals import Totals
from app.queries.reports import UserReport, live_report, view_report

router = APIRouter(route_class=StrictRoute, tags=["reports"])


def _checked_period(text: str) -> str:
    return parse_report_period(text).name


_PERIOD_SCHEMA = {"type": "string", "pattern": r"^(?!0000)[0-9]{4}(-(0[1-9]|1[0-2]))?$"}
ReportPeriod = Annotated[str, AfterValidator(_checked_period), WithJsonSchema(_PERIOD_SCHEMA)]


class TypePart(Answer):
    """One type's kickbacks, in its own unit and as a value."""

    type: str
    kickback_amount: int
    kickback_value: int


class CategoryPart(TotalsAnswer):
    """A category's place among the user's own."""

    rank: int
    medal: str | None
    category: str
    realized_rate: float | None


class CardPart(TotalsAnswer):
    """One of the user's cards."""

    card_id: str
    name: str | None
    realized_rate: float | None


class MonthPart(TotalsAnswer):
    """A month with purchases."""

    month: str
    realized_rate: float | None


class Previous(Answer):
    """The period before."""

    period: str
    totals: TotalsAnswer


class ReportAnswer(Answer):
    """Each breakdown adds up to `totals`. `change` is what is more, or less, than in the period before; both are null
    before the first year of the calendar. Everything recorded before `asOf` is in it; `final`: the period was over."""

    user_id: str
    period: str
    as_of: str
    final: bool
    totals: TotalsAnswer
    by_type: list[TypePart]
    by_category: list[CategoryPart]
    by_card: list[CardPart]
    by_month: list[MonthPart]
    previous: Previous | None
    change: TotalsAnswer | None
    valuation: ValuationAnswer


@router.get(
    "/users/{id}/reports/{period}",
    response_model=ReportAnswer,
    summary="A user's month or year",
    responses=problems(),
)
async def get_report(
    user_id: Annotated[Id, Path(alias="id", openapi_examples=example("hanako"))],
    period_name: Annotated[
        ReportPeriod, Path(alias="period", description="YYYY or YYYY-MM", openapi_examples=example("2025"))
    ],
    query: Annotated[ViewQuery, Query()],
    services: Annotated[Services, Depends(services_of)],
) -> Response:
    """Categories and cards are ordered by kickback value. A user without purchases has zeros and empty lists."""
    period = parse_report_period(period_name)
    fresh = await fresh_of(query, services)
    if fresh is not None:
        found = await view_report(user_id, period, fresh, views=services.views)
    else:
        found = await live_report(user_id, period, kickbacks=services.kickbacks, source=services.live)
    document = {
        "userId": user_id,
        "period": period.name,
        "asOf": utc_text(found.as_of),
        "final": period.last < business_date(found.as_of, services.purchases.zone),
        "totals": totals_document(found.report.totals, found.valuation),
        **_breakdowns(found.report, found.valuation),
        **_comparison(found),
        "valuation": valuation_document(found.valuation, services.currency),
    }
    return Response(msgspec.json.encode(document), media_type="application/json")


def _breakdowns(report: Report, valuation: Valuation) -> dict[str, Any]:
    return {
        "byType": _by_type(report.totals, valuation),
        "byCategory": [
            {
                "rank": row.rank,
                "medal": MEDALS.get(row.rank),
                "category": row.member.member_id,
                **rate_document(row.member.totals, valuation),
            }
            for row in report.by_category
        ],
        "byCard": [
            {
                "cardId": row.member.member_id,
                "name": row.member.name,
                **rate_document(row.member.totals, valuation),
            }
            for row in report.by_card
        ],
        "byMonth": [{"month": month, **rate_document(totals, valuation)} for month, totals in report.by_month],
    }


def _by_type(totals: Totals, valuation: Valuation) -> list[dict[str, Any]]:
    by_type = totals.kickback_by_type
    return [
        {
            "type": kind.value,
            "kickbackAmount": by_type[kind],
            "kickbackValue": kickback_value({kind: by_type[kind]}, valuation),
        }
        for kind in KickbackType
        if kind in by_type
    ]


def _comparison(found: UserReport) -> dict[str, Any]:
    if found.before is None:
        return {"previous": None, "change": None}
    before, totals = found.before
    change = change_of(totals, found.report.totals, found.valuation)
    return {
        "previous": {"period": before.name, "totals": totals_document(totals, found.valuation)},
        "change": {
            "count": change.count,
            "transactionTotal": change.transaction_total,
            "kickbackValue": change.kickback_value,
            "kickbackByType": types_document(change.kickback_by_type),
        },
    }
