"""GET /categories/{cat}/transactions, GET /cards/{cardId}/transactions"""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from app.api.errors import problems
from app.api.kickbacks import PageQuery
from app.api.paging import opened, page_response
from app.api.problems import CURSOR_INVALID
from app.api.routing import StrictRoute
from app.api.schemas import Category, Id, example
from app.api.services import Services, services_of
from app.api.transaction_answers import PurchasePage
from app.ports.timelines import Subject, Timeline

router = APIRouter(route_class=StrictRoute)


@router.get(
    "/categories/{cat}/transactions",
    tags=["categories"],
    response_model=PurchasePage,
    summary="A category's purchases, newest first, over all shards",
    responses=problems(CURSOR_INVALID),
)
async def get_category_transactions(
    request: Request,
    category: Annotated[Category, Path(alias="cat", openapi_examples=example("GROCERY"))],
    query: Annotated[PageQuery, Query()],
    services: Annotated[Services, Depends(services_of)],
) -> Response:
    """Newest day first; within a day the order is the same for every page size."""
    return await _page(request, Timeline(Subject.CATEGORY, category), query, services)


@router.get(
    "/cards/{cardId}/transactions",
    tags=["cards"],
    response_model=PurchasePage,
    summary="A card's purchases, newest first, over all shards",
    responses=problems(CURSOR_INVALID),
)
async def get_card_transactions(
    request: Request,
    card_id: Annotated[Id, Path(alias="cardId", openapi_examples=example("card-hanako"))],
    query: Annotated[PageQuery, Query()],
    services: Annotated[Services, Depends(services_of)],
) -> Response:
    """Newest day first; within a day the order is the same for every page size."""
    return await _page(request, Timeline(Subject.CARD, card_id), query, services)


async def _page(request: Request, timeline: Timeline, query: PageQuery, services: Services) -> Response:
    page = await services.timelines.page(
        timeline,
        query.dates(),
        limit=query.limit,
        after=opened(request, query, query.cursor, services.cursors),
    )
    return page_response(request, query, page.lines, page.next_position, services.cursors)
