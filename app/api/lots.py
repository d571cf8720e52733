"""GET /users/{id}/lots"""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import Field

from app.api.balances import StandingQuery
from app.api.errors import problems
from app.api.routing import StrictRoute
from app.api.schemas import Answer, Id, example
from app.api.services import Services, services_of
from app.domain.kickbacks import KickbackType
from app.domain.lots import Lot
from app.queries.balances import standings_of_user

router = APIRouter(route_class=StrictRoute, tags=["points"])


class LotAnswer(Answer):
    """What was earned from one source and expires on one day: `earned` since the lot was opened, `remaining` of it."""

    type: str = Field(examples=["POINT"])
    lot: str = Field(examples=["PURCHASE:2023-10-28"])
    earned: int = Field(examples=[50])
    remaining: int = Field(examples=[50])
    expires_on: str | None = Field(description="The last day it counts; null for ever", examples=["2023-10-28"])
    source: str = Field(examples=["PURCHASE"])


@router.get(
    "/users/{id}/lots",
    response_model=list[LotAnswer],
    summary="A user's open lots in the order in which they are used",
    responses=problems(),
)
async def get_lots(
    user_id: Annotated[Id, Path(alias="id", openapi_examples=example("hanako"))],
    query: Annotated[StandingQuery, Query()],
    services: Annotated[Services, Depends(services_of)],
) -> Response:
    """Soonest expiry first, then oldest, of each account: points, miles, cashback."""
    standings = await standings_of_user(user_id, query.type, query.at, standings=services.standings)
    lots = [_document(kind, lot) for kind, standing in standings.items() for lot in standing.lots]
    return Response(msgspec.json.encode(lots), media_type="application/json")


def _document(kind: KickbackType, lot: Lot) -> dict[str, Any]:
    return {
        "type": kind.value,
        "lot": lot.lot_id,
        "earned": lot.earned,
        "remaining": lot.remaining,
        "expiresOn": lot.expires_on.isoformat() if lot.expires_on is not None else None,
        "source": lot.source,
    }
