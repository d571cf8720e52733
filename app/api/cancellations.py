"""POST /users/{id}/redemptions/{redemptionId}/cancellations"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Response
from pydantic import ConfigDict, Field

from app.api.command_answers import CommandAnswer, CommandLedgerAnswer
from app.api.commands import IfMatch, command_response, command_responses, fingerprint_of
from app.api.problems import NOT_FOUND, VERSION_CONFLICT
from app.api.routing import StrictRoute
from app.api.schemas import Id, StrictModel, example
from app.api.services import Services, services_of
from app.commands.asked import Asked
from app.commands.cancel_redemption import cancel_redemption
from app.domain.identifiers import MAX_AMOUNT
from app.ports.ledger import CommandId, CommandKind

router = APIRouter(route_class=StrictRoute, tags=["points"])

_EXAMPLE: dict[str, Any] = {"cancellationId": "can001", "amount": 10}


class CancellationBody(StrictModel):
    """How much of a redemption is to go back; without `amount` all that is left of it."""

    model_config = ConfigDict(title="Cancellation", json_schema_extra={"examples": [_EXAMPLE]})

    cancellation_id: Id
    amount: Annotated[int, Field(ge=1, le=MAX_AMOUNT)] | None = None


class CancellationAnswer(CommandAnswer):
    """What went back. `expired` of it went to lots that are over meanwhile and so expired at once, in an entry of its
    own behind `ledger`."""

    cancellation_id: str = Field(examples=["can001"])
    redemption_id: str = Field(examples=["red001"])
    type: str = Field(examples=["POINT"])
    amount: int = Field(examples=[10])
    expired: int = Field(examples=[0])
    ledger: CommandLedgerAnswer


@router.post(
    "/users/{id}/redemptions/{redemptionId}/cancellations",
    status_code=201,
    response_model=CancellationAnswer,
    summary="Give points back to the lots they came from",
    responses=command_responses(CancellationAnswer, NOT_FOUND, VERSION_CONFLICT),
)
async def post_cancellation(
    user_id: Annotated[Id, Path(alias="id", openapi_examples=example("hanako"))],
    redemption_id: Annotated[Id, Path(alias="redemptionId", openapi_examples=example("red001"))],
    body: CancellationBody,
    services: Annotated[Services, Depends(services_of)],
    if_match: IfMatch = None,
) -> Response:
    """With the expiry they had; what was taken last goes back first. More than is left of it is a conflict."""
    said = body.model_dump(mode="json", by_alias=True, exclude_none=True)
    command = CommandId(CommandKind.CANCELLATION, user_id, (redemption_id, body.cancellation_id))
    asked = Asked(command, fingerprint_of(said), said, if_match)
    return command_response(await cancel_redemption(asked, body.amount, using=services.posting))
