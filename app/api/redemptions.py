"""POST /users/{id}/redemptions, GET /users/{id}/redemptions/{redemptionId}"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Response
from pydantic import ConfigDict, Field

from app.api.command_answers import CommandAnswer, CommandLedgerAnswer
from app.api.commands import IfMatch, command_response, command_responses, fingerprint_of
from app.api.errors import problems
from app.api.problems import INSUFFICIENT_POINTS, NOT_FOUND, VERSION_CONFLICT, Problem
from app.api.routing import StrictRoute
from app.api.schemas import Id, StrictModel, example
from app.api.services import Services, services_of
from app.api.transaction_body import Name, Text
from app.commands.asked import Asked
from app.commands.redeem import redeem
from app.domain.identifiers import MAX_AMOUNT
from app.domain.kickbacks import KickbackType
from app.domain.ledger import Account
from app.ports.ledger import CommandId, CommandKind

router = APIRouter(route_class=StrictRoute, tags=["points"])

_EXAMPLE: dict[str, Any] = {
    "redemptionId": "red001",
    "type": "POINT",
    "amount": 30,
    "reward": "Gift card",
    "reference": "order 17",
}


class RedemptionBody(StrictModel):
    """Points to be used. `reward` and `reference` are kept and shown as they are."""

    model_config = ConfigDict(title="Redemption", json_schema_extra={"examples": [_EXAMPLE]})

    redemption_id: Id
    type: Annotated[KickbackType, Field(strict=False)]
    amount: Annotated[int, Field(ge=1, le=MAX_AMOUNT)]
    reward: Name | None = None
    reference: Text | None = None


class RedemptionAnswer(CommandAnswer):
    """A redemption as it was carried out. Cancelling it later does not change it."""

    redemption_id: str = Field(examples=["red001"])
    type: str = Field(examples=["POINT"])
    amount: int = Field(examples=[30])
    reward: str = ""
    reference: str = ""
    ledger: CommandLedgerAnswer


@router.post(
    "/users/{id}/redemptions",
    status_code=201,
    response_model=RedemptionAnswer,
    summary="Use points, soonest expiry first",
    responses=command_responses(RedemptionAnswer, INSUFFICIENT_POINTS, VERSION_CONFLICT),
)
async def post_redemption(
    user_id: Annotated[Id, Path(alias="id", openapi_examples=example("hanako"))],
    body: RedemptionBody,
    services: Annotated[Services, Depends(services_of)],
    if_match: IfMatch = None,
) -> Response:
    """All of the amount or nothing, once, however often it is sent."""
    said = body.model_dump(mode="json", by_alias=True, exclude_none=True)
    asked = Asked(redemption_of(user_id, body.redemption_id), fingerprint_of(said), said, if_match)
    outcome = await redeem(asked, Account(user_id, body.type), body.amount, using=services.posting)
    return command_response(outcome, location=f"/users/{user_id}/redemptions/{body.redemption_id}")


@router.get(
    "/users/{id}/redemptions/{redemptionId}",
    response_model=RedemptionAnswer,
    summary="One redemption by its id",
    responses=problems(NOT_FOUND),
)
async def get_redemption(
    user_id: Annotated[Id, Path(alias="id", openapi_examples=example("hanako"))],
    redemption_id: Annotated[Id, Path(alias="redemptionId", openapi_examples=example("red001"))],
    services: Annotated[Services, Depends(services_of)],
) -> Response:
    """The same body that carrying it out answered."""
    receipt = await services.ledger.receipt(redemption_of(user_id, redemption_id))
    if receipt is None:
        raise Problem(NOT_FOUND, "The user has no redemption with this id.")
    return Response(receipt.answer, media_type="application/json")


def redemption_of(user_id: str, redemption_id: str) -> CommandId:
    """The command's id."""
    return CommandId(CommandKind.REDEMPTION, user_id, (redemption_id,))
