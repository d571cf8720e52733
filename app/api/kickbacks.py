"""GET /users/{id}/kickbacks"""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import Field

from app.api.errors import problems
from app.api.paging import opened, page_response
from app.api.problems import CURSOR_INVALID, invalid
from app.api.routing import StrictRoute
from app.api.schemas import BusinessDate, Category, Cursor, Id, Limit, StrictModel, example
from app.api.services import Services, services_of
from app.api.transaction_answers import PurchasePage
from app.domain.kickbacks import KickbackType
from app.domain.periods import DateRange
from app.domain.ranges import check_order
from app.ports.kickbacks import KickbackFilter

router = APIRouter(route_class=StrictRoute, tags=["kickbacks"])


class PageQuery(StrictModel):
    """A range of days, both included, and where in it to go on."""

    first: BusinessDate | None = Field(None, alias="from", description="First day, included")
    last: BusinessDate | None = Field(None, alias="to", description="Last day, included")
    limit: Limit = 50
    cursor: Cursor | None = Field(None, description="`nextCursor` of the page before")

    def dates(self) -> DateRange:
        """Raises Problem VALIDATION_FAILED when the range ends before it begins."""
        try:
            check_order(self.first, self.last)
        except ValueError as error:
            raise invalid("/query/from", str(error)) from None
        return DateRange(self.first, self.last)


class KickbacksQuery(PageQuery):
    """What of a user's history to show."""

    type: Annotated[KickbackType, Field(strict=False)] | None = None
    category: Category | None = None
    card_id: Id | None = None


@router.get(
    "/users/{id}/kickbacks",
    response_model=PurchasePage,
    summary="A user's purchases and kickbacks, newest first",
    responses=problems(CURSOR_INVALID),
)
async def get_kickbacks(
    request: Request,
    user_id: Annotated[Id, Path(alias="id", openapi_examples=example("hanako"))],
    query: Annotated[KickbacksQuery, Query()],
    services: Annotated[Services, Depends(services_of)],
) -> Response:
    """A user without purchases is an empty page."""
    page = await services.kickbacks.page(
        user_id,
        query.dates(),
        KickbackFilter(query.type, query.category, query.card_id),
        limit=query.limit,
        after=opened(request, query, query.cursor, services.cursors),
    )
    return page_response(request, query, page.lines, page.next_position, services.cursors)
