"""What all routes that answer from the views share: `view`, `notBefore`, and what to answer from."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from app.api.problems import invalid, unavailable
from app.api.schemas import StrictModel
from app.api.services import Services
from app.domain.periods import parse_instant
from app.queries.freshness import NOT_BEFORE_SECONDS, Fresh, TooOld


def _checked_instant(value: object) -> datetime:
    if not isinstance(value, str):
        raise ValueError("must be an instant, YYYY-MM-DDThh:mm:ss and an offset")
    return parse_instant(value)


NotBefore = Annotated[
    datetime, BeforeValidator(_checked_instant), WithJsonSchema({"type": "string", "format": "date-time"})
]


class ViewQuery(StrictModel):
    """How new an answer has to be."""

    view: Literal["live"] | None = Field(
        None,
        description="`live`: from the purchases at this moment, slower. Else from sums kept up to date: see `asOf`",
    )
    not_before: NotBefore | None = Field(
        None,
        description="An instant that `asOf` must have reached: waits up to a second for it, else 503. "
        "At most a second in the future",
    )


async def fresh_of(query: ViewQuery, services: Services) -> Fresh | None:
    """What to answer from; None: from the purchases, because that was asked for or because there are no views yet.

    Raises Problem VALIDATION_FAILED, UNAVAILABLE; StoreUnavailable.
    """
    return await _fresh(query.not_before, services, is_live=query.view is not None)


async def views_of(not_before: datetime | None, services: Services) -> Fresh:
    """What to answer from where only the views can: adding up all entries is nothing for a request.

    Raises Problem VALIDATION_FAILED, UNAVAILABLE; StoreUnavailable.
    """
    fresh = await _fresh(not_before, services, is_live=False)
    if fresh is None:
        raise unavailable("There are no sums yet: a projector has to make them first.")
    return fresh


async def _fresh(not_before: datetime | None, services: Services, *, is_live: bool) -> Fresh | None:
    if not_before is not None and not_before > services.live.now() + timedelta(seconds=NOT_BEFORE_SECONDS):
        raise invalid("/query/notBefore", "must be at most a second in the future")
    try:
        fresh = await services.freshness.current(not_before) if not is_live else None
        if fresh is None and not_before is not None:
            await services.freshness.until(not_before)
    except TooOld:
        raise unavailable("What is recorded is there, but sums are not yet as new as `notBefore`.") from None
    return fresh
