"""POST /cards/{cardId}/detokenizations"""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import ConfigDict, Field

from app.api.cards import CardId
from app.api.errors import problems
from app.api.json_answers import json_response
from app.api.problems import NOT_FOUND, PAYLOAD_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, VAULT_NOT_CONFIGURED, Problem
from app.api.routing import StrictRoute
from app.api.schemas import Answer, StrictModel
from app.api.services import Services, services_of
from app.api.transaction_body import Name
from app.queries.cards import card_number_of

router = APIRouter(route_class=StrictRoute, tags=["vault"])


class DetokenizationBody(StrictModel):
    """Why the number is needed. It stays in the audit trail."""

    model_config = ConfigDict(
        title="Detokenization", json_schema_extra={"examples": [{"reason": "Chargeback 2023-117"}]}
    )

    reason: Annotated[Name, Field(description="Nothing personal")]


class DetokenizationAnswer(Answer):
    """The number behind a token."""

    card_id: str = Field(examples=["card_k7m2q4w6e5r3t7y2u4i6o5p3a7"])
    card_number: str = Field(examples=["4111111111111111"])


@router.post(
    "/cards/{cardId}/detokenizations",
    response_model=DetokenizationAnswer,
    summary="The number behind a card's token",
    responses=problems(NOT_FOUND, PAYLOAD_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, VAULT_NOT_CONFIGURED),
)
async def post_detokenization(
    card_id: CardId, body: DetokenizationBody, services: Annotated[Services, Depends(services_of)]
) -> Response:
    """Where numbers are kept (VAULT_KEEP_PAN). That it was asked for, by whom and why, is in the audit trail before
    anything is decrypted."""
    auditor = services.vaulting.auditor
    number = await card_number_of(card_id, body.reason, vault=services.vault, auditor=auditor)
    if number is None:
        raise Problem(NOT_FOUND, "No number is kept under this token.")
    return json_response({"cardId": card_id, "cardNumber": number.reveal()})
