"""GET /audit"""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import AfterValidator, Field, WithJsonSchema

from app.api.errors import problems
from app.api.instants import Instant
from app.api.paging import opened, page_response
from app.api.problems import CURSOR_INVALID, invalid
from app.api.routing import StrictRoute
from app.api.schemas import Answer, Cursor, Limit, StrictModel
from app.api.services import Services, services_of
from app.callers import current_caller
from app.domain.audit import ACTOR_PATTERN, THING_PATTERN, check_actor, check_thing
from app.domain.periods import utc_text
from app.ports.audit import AuditOutcome, AuditQuery, AuditRow, KeptRow

router = APIRouter(route_class=StrictRoute, tags=["audit"])

LONGEST = timedelta(days=7)
_USUAL = timedelta(hours=24)
_ACTION = "GET /audit"


class TrailQuery(StrictModel):
    """At most 7 days, both instants included. Without `to` it ends now, without `from` it is a day long."""

    first: Instant | None = Field(None, alias="from", description="No earlier rows")
    last: Instant | None = Field(None, alias="to", description="No later rows")
    actor: Annotated[str, AfterValidator(check_actor), WithJsonSchema({"type": "string", "pattern": ACTOR_PATTERN})] | (
        None
    ) = Field(None, description="Only what this caller did: `user:hanako`, `client:shop`, `job:expire`, `open`")
    about: Annotated[str, AfterValidator(check_thing), WithJsonSchema({"type": "string", "pattern": THING_PATTERN})] | (
        None
    ) = Field(None, description="Only what concerns this: `user:hanako`, `transaction:txn001`")
    limit: Limit = 50
    cursor: Cursor | None = Field(None, description="`nextCursor` of the page before")

    def rows(self, now: datetime) -> AuditQuery:
        """Raises Problem VALIDATION_FAILED for a range that ends before it begins, or is too long."""
        last = self.last or (now if self.first is None else min(now, self.first + LONGEST))
        first = self.first or last - _USUAL
        if first > last:
            raise invalid("/query/from", "must not be after `to`")
        if last - first > LONGEST:
            raise invalid("/query/from", "must be at most 7 days before `to`")
        return AuditQuery(utc_text(first), utc_text(last), self.actor, self.about)


class RowAnswer(Answer):
    """One row of the trail. `outcome`: DONE is written together with what was done, BEGUN before it was tried, SHOWN
    before what was asked for was shown. `hash` is what seals are made of."""

    at: str
    actor: str = Field(examples=["client:shop"])
    action: str = Field(examples=["points.redeem"])
    about: list[str] = Field(examples=[["user:hanako", "redemption:r1"]])
    request_id: str
    reason: str | None
    outcome: AuditOutcome
    hash: str


class RowPage(Answer):
    """A page; `nextCursor` is null on the last one."""

    items: list[RowAnswer]
    next_cursor: str | None


@router.get(
    "/audit",
    response_model=RowPage,
    summary="Who did what, to what, when, why and in which request, newest first",
    responses=problems(CURSOR_INVALID),
)
async def get_audit(
    request: Request, query: Annotated[TrailQuery, Query()], services: Annotated[Services, Depends(services_of)]
) -> Response:
    """For auditors. That it was read is a row of the trail too, written before the answer.

    With `actor` or `about` a page can be short, or even empty, where few of very many rows are wanted: the walk goes on
    as long as there is a `nextCursor`.
    """
    now = services.live.now().astimezone(UTC)
    wanted = query.rows(now)
    after = opened(request, query, query.cursor, services.cursors)
    about = tuple(one for one in (query.actor, query.about) if one is not None)
    await services.trail.append(AuditRow(utc_text(now), current_caller(), _ACTION, about, AuditOutcome.SHOWN))
    page = await services.audit_rows.page(wanted, limit=query.limit, after=after)
    items = [_document(one) for one in page.rows]
    return page_response(request, query, items, page.next_position, services.cursors)


def _document(kept: KeptRow) -> dict[str, Any]:
    row = kept.row
    return {
        "at": row.at,
        "actor": row.caller.actor,
        "action": row.action,
        "about": list(row.about),
        "requestId": row.caller.request_id,
        "reason": row.caller.reason,
        "outcome": row.outcome.value,
        "hash": kept.hash,
    }
