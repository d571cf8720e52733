"""POST /users/{id}/adjustments"""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Response
from pydantic import AfterValidator, ConfigDict, Field, WithJsonSchema

from app.api.command_answers import CommandAnswer, CommandLedgerAnswer
from app.api.commands import IfMatch, command_response, command_responses, fingerprint_of
from app.api.problems import CONDITION_NOT_MET, INSUFFICIENT_POINTS, VERSION_CONFLICT, invalid
from app.api.routing import StrictRoute
from app.api.schemas import BusinessDate, Id, StrictModel, example
from app.api.services import Services, services_of
from app.api.transaction_body import Name
from app.commands.adjust import Adjustment, adjust
from app.commands.asked import Asked
from app.domain.identifiers import MAX_AMOUNT
from app.domain.kickbacks import KickbackType
from app.domain.ledger import Account
from app.ports.ledger import CommandId, CommandKind

router = APIRouter(route_class=StrictRoute, tags=["points"])

_EXAMPLE: dict[str, Any] = {"adjustmentId": "adj001", "type": "POINT", "amount": 100, "reason": "Goodwill"}
# Further away the day after it, in the business time zone, is beyond what a date can be.
_LAST_DAY = date(9998, 12, 31)


def _not_zero(amount: int) -> int:
    if amount == 0:
        raise ValueError("must not be 0")
    return amount


def _not_too_far(day: date) -> date:
    if day > _LAST_DAY:
        raise ValueError("must be before the year 9999")
    return day


SignedAmount = Annotated[
    int,
    Field(ge=-MAX_AMOUNT, le=MAX_AMOUNT),
    AfterValidator(_not_zero),
    WithJsonSchema({"type": "integer", "minimum": -MAX_AMOUNT, "maximum": MAX_AMOUNT, "not": {"const": 0}}),
]


class AdjustmentBody(StrictModel):
    """`amount` is signed. What comes in counts through `expiresOn`, or as long as what is earned today; what goes out
    is used, soonest expiry first."""

    model_config = ConfigDict(title="Adjustment", json_schema_extra={"examples": [_EXAMPLE]})

    adjustment_id: Id
    type: Annotated[KickbackType, Field(strict=False)]
    amount: SignedAmount
    reason: Name
    expires_on: Annotated[BusinessDate, AfterValidator(_not_too_far)] | None = None


class AdjustmentAnswer(CommandAnswer):
    """An adjustment as it was carried out."""

    adjustment_id: str = Field(examples=["adj001"])
    type: str = Field(examples=["POINT"])
    amount: int = Field(examples=[100])
    reason: str = Field(examples=["Goodwill"])
    expires_on: str = ""
    ledger: CommandLedgerAnswer


@router.post(
    "/users/{id}/adjustments",
    status_code=201,
    response_model=AdjustmentAnswer,
    summary="Put an account right, with a reason",
    responses=command_responses(AdjustmentAnswer, INSUFFICIENT_POINTS, VERSION_CONFLICT, CONDITION_NOT_MET),
)
async def post_adjustment(
    user_id: Annotated[Id, Path(alias="id", openapi_examples=example("hanako"))],
    body: AdjustmentBody,
    services: Annotated[Services, Depends(services_of)],
    if_match: IfMatch = None,
) -> Response:
    """What would be over before it comes in is refused."""
    if body.expires_on is not None and body.amount < 0:
        raise invalid("/expiresOn", "only what comes in expires")
    said = body.model_dump(mode="json", by_alias=True, exclude_none=True)
    command = CommandId(CommandKind.ADJUSTMENT, user_id, (body.adjustment_id,))
    asked = Asked(command, fingerprint_of(said), said, if_match)
    adjustment = Adjustment(Account(user_id, body.type), body.amount, body.expires_on)
    return command_response(await adjust(asked, adjustment, rules=services.recording.rules, using=services.posting))
