"""POST /users/{id}/closure"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Response
from pydantic import ConfigDict, Field

from app.api.command_answers import CommandAnswer
from app.api.commands import command_response, command_responses, fingerprint_of
from app.api.routing import StrictRoute
from app.api.schemas import Answer, Id, StrictModel, example
from app.api.services import Services, services_of
from app.api.transaction_body import Name
from app.commands.asked import Asked
from app.commands.close_account import close_account
from app.ports.ledger import CommandId, CommandKind

router = APIRouter(route_class=StrictRoute, tags=["points"])

_EXAMPLE: dict[str, Any] = {"closureId": "close001", "reason": "The user left"}


class ClosureBody(StrictModel):
    """A user leaves."""

    model_config = ConfigDict(title="Closure", json_schema_extra={"examples": [_EXAMPLE]})

    closure_id: Id
    reason: Name


class ClosedAnswer(Answer):
    """What one account held and does not any more."""

    type: str = Field(examples=["POINT"])
    amount: int = Field(examples=[50])
    version: int = Field(examples=[2])
    balance: int = Field(description="0, or below it where something is owed", examples=[0])


class ClosureAnswer(CommandAnswer):
    """What expired, account by account; those that held nothing are not listed."""

    closure_id: str = Field(examples=["close001"])
    reason: str = Field(examples=["The user left"])
    expired: list[ClosedAnswer]


@router.post(
    "/users/{id}/closure",
    status_code=201,
    response_model=ClosureAnswer,
    summary="Let all that is left expire; the history stays",
    responses=command_responses(ClosureAnswer),
)
async def post_closure(
    user_id: Annotated[Id, Path(alias="id", openapi_examples=example("hanako"))],
    body: ClosureBody,
    services: Annotated[Services, Depends(services_of)],
) -> Response:
    """All accounts of the user at once."""
    said = body.model_dump(mode="json", by_alias=True, exclude_none=True)
    asked = Asked(CommandId(CommandKind.CLOSURE, user_id, (body.closure_id,)), fingerprint_of(said), said)
    return command_response(await close_account(asked, using=services.posting))
