"""GET /users/{id}/ledger"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import Field

from app.api.errors import problems
from app.api.paging import opened, page_response
from app.api.problems import CURSOR_INVALID
from app.api.routing import StrictRoute
from app.api.schemas import Answer, Cursor, Id, Limit, StrictModel, example
from app.api.services import Services, services_of
from app.commands.asked import allocation_documents
from app.domain.kickbacks import KickbackType
from app.domain.ledger import LedgerEntry
from app.ports.pages import Position
from app.queries.ledger import Before, ledger_page

router = APIRouter(route_class=StrictRoute, tags=["points"])


class LedgerQuery(StrictModel):
    """Which account's entries, and where to go on."""

    type: Annotated[KickbackType, Field(strict=False)] | None = Field(None, description="Only this account")
    limit: Limit = 50
    cursor: Cursor | None = Field(None, description="`nextCursor` of the page before")

    def kinds(self) -> list[KickbackType]:
        """The accounts."""
        return [self.type] if self.type is not None else list(KickbackType)


class AllocationAnswer(Answer):
    """How much went into a lot (positive) or came from it; with `DEFICIT`, what was owed and is settled (positive), or
    is owed now."""

    lot: str = Field(examples=["PURCHASE:2023-10-28"])
    amount: int = Field(examples=[50])


class EntryAnswer(Answer):
    """One line of the passbook. `effectiveAt` is when it happened, `postedAt` when it took effect in the passbook:
    never before the entry before it. `recordedAt` is when it was written. `rule` says how its expiry was found."""

    type: str = Field(examples=["POINT"])
    version: int = Field(examples=[1])
    kind: str = Field(examples=["EARN"])
    amount: int = Field(examples=[50])
    balance: int = Field(examples=[50])
    allocations: list[AllocationAnswer]
    cause: str = Field(examples=["TRANSACTION#txn001"])
    rule: str | None = Field(examples=["180 days"])
    effective_at: str
    posted_at: str
    recorded_at: str
    hash: str


class EntryPage(Answer):
    """A page; `nextCursor` is null on the last one."""

    items: list[EntryAnswer]
    next_cursor: str | None


@router.get(
    "/users/{id}/ledger",
    response_model=EntryPage,
    summary="What happened to a user's points, newest first",
    responses=problems(CURSOR_INVALID),
)
async def get_ledger(
    request: Request,
    user_id: Annotated[Id, Path(alias="id", openapi_examples=example("hanako"))],
    query: Annotated[LedgerQuery, Query()],
    services: Annotated[Services, Depends(services_of)],
) -> Response:
    """Every entry with the balance after it. What is written during a walk does not come up in it."""
    after = _before(opened(request, query, query.cursor, services.cursors), query)
    page = await ledger_page(user_id, query.kinds(), limit=query.limit, after=after, ledger=services.ledger)
    items = [entry_document(entry) for entry in page.entries]
    return page_response(request, query, items, _position(page.following), services.cursors)


def entry_document(entry: LedgerEntry) -> dict[str, Any]:
    """As lists show it."""
    return {
        "type": entry.account.kind.value,
        "version": entry.version,
        "kind": entry.kind.value,
        "amount": entry.amount,
        "balance": entry.balance,
        "allocations": allocation_documents(entry.allocations),
        "cause": entry.cause,
        "rule": entry.rule,
        "effectiveAt": entry.effective_at,
        "postedAt": entry.posted_at,
        "recordedAt": entry.recorded_at,
        "hash": entry.hash,
    }


def _before(position: Position | None, query: LedgerQuery) -> Before | None:
    if position is None:
        return None
    return {kind: int(version) for kind, version in zip(query.kinds(), position, strict=True)}


def _position(following: Before | None) -> Position | None:
    return tuple(str(version) for version in following.values()) if following is not None else None
