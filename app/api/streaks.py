"""GET /users/{id}/streaks"""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import Field

from app.api.errors import problems
from app.api.instants import Instant
from app.api.routing import StrictRoute
from app.api.schemas import Answer, Id, StrictModel, example
from app.api.services import Services, services_of
from app.domain.periods import business_date, utc_text
from app.domain.streaks import Run, StreakUnit, period_text
from app.queries.streaks import user_streaks

router = APIRouter(route_class=StrictRoute, tags=["streaks"])


class StreaksQuery(StrictModel):
    """What follows what, and as of when."""

    by: Annotated[StreakUnit, Field(strict=False)] = StreakUnit.DAY
    at: Instant | None = Field(None, description="As it was on that instant's business day. Without it: now")


class StreakAnswer(Answer):
    """A run without a gap. Days are YYYY-MM-DD, months YYYY-MM, both ends included."""

    length: int = Field(examples=[3])
    first: str = Field(alias="from", examples=["2023-05-01"])
    last: str = Field(alias="to", examples=["2023-05-03"])


class StreaksAnswer(Answer):
    """`current` ends in the period of `at`, or in the one before, which this one may still continue. `longest` is the
    latest of several. `days` or `months`: how many there are in all."""

    by: str = Field(examples=["day"])
    at: str
    current: StreakAnswer | None
    longest: StreakAnswer | None
    days: int = 0
    months: int = 0


@router.get(
    "/users/{id}/streaks",
    response_model=StreaksAnswer,
    summary="How many days or months in a row a user bought something",
    responses=problems(),
)
async def get_streaks(
    user_id: Annotated[Id, Path(alias="id", openapi_examples=example("hanako"))],
    query: Annotated[StreaksQuery, Query()],
    services: Annotated[Services, Depends(services_of)],
) -> Response:
    """Business days or months, one after the other, with at least one purchase that was not wholly reversed."""
    at = query.at or services.posting.now()
    on = business_date(at, services.posting.zone)
    streaks = await user_streaks(user_id, query.by, on, kickbacks=services.kickbacks)
    body = {
        "by": query.by.value,
        "at": utc_text(at),
        "current": _document(query.by, streaks.current),
        "longest": _document(query.by, streaks.longest),
        f"{query.by.value}s": streaks.periods,
    }
    return Response(msgspec.json.encode(body), media_type="application/json")


def _document(unit: StreakUnit, run: Run | None) -> dict[str, Any] | None:
    if run is None:
        return None
    return {"length": run.length, "from": period_text(unit, run.first), "to": period_text(unit, run.last)}
