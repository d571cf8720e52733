"""GET /users/{id}/balances"""

from collections.abc import Sequence
from itertools import groupby
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import Field

from app.api.errors import problems
from app.api.instants import Instant
from app.api.routing import StrictRoute
from app.api.schemas import Answer, Id, StrictModel, example
from app.api.services import Services, services_of
from app.domain.kickbacks import KickbackType
from app.domain.lots import Lot, total
from app.domain.standings import Standing
from app.queries.balances import standings_of_user

router = APIRouter(route_class=StrictRoute, tags=["points"])


class StandingQuery(StrictModel):
    """Which account, and when."""

    type: Annotated[KickbackType, Field(strict=False)] | None = Field(None, description="Only this account")
    at: Instant | None = Field(
        None, description="As it was at that instant; in the future: as it will be if nothing happens. Without it: now"
    )


class ExpiringAnswer(Answer):
    """What counts through this day and no longer."""

    expires_on: str = Field(examples=["2023-10-28"])
    amount: int = Field(examples=[50])


class BalanceAnswer(Answer):
    """One account. `balance` is below zero where more was taken back than there was; `available` never is.

    `version` is that of the newest entry which counts at `asOf`: 0 before the first.
    """

    type: str = Field(examples=["POINT"])
    balance: int = Field(examples=[50])
    available: int = Field(examples=[50])
    expiring: list[ExpiringAnswer]
    version: int = Field(examples=[1])
    as_of: str


@router.get(
    "/users/{id}/balances",
    response_model=list[BalanceAnswer],
    summary="What a user's accounts hold, now or at any instant",
    responses=problems(),
)
async def get_balances(
    user_id: Annotated[Id, Path(alias="id", openapi_examples=example("hanako"))],
    query: Annotated[StandingQuery, Query()],
    services: Annotated[Services, Depends(services_of)],
) -> Response:
    """One element for each account that has entries: points, miles, cashback."""
    standings = await standings_of_user(user_id, query.type, query.at, standings=services.standings)
    return Response(
        msgspec.json.encode([_document(kind, standing) for kind, standing in standings.items()]),
        media_type="application/json",
    )


def _document(kind: KickbackType, standing: Standing) -> dict[str, Any]:
    return {
        "type": kind.value,
        "balance": standing.balance,
        "available": standing.available,
        "expiring": _expiring(standing.lots),
        "version": standing.version,
        "asOf": standing.at,
    }


def _expiring(lots: Sequence[Lot]) -> list[dict[str, Any]]:
    """By day, soonest first: the order in which lots are used."""
    days = groupby(lots, key=lambda lot: lot.expires_on)
    return [{"expiresOn": day.isoformat(), "amount": total(of_day)} for day, of_day in days if day is not None]
