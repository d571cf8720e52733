"""POST /cards, GET /cards/{cardId}"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import ConfigDict, Field

from app.api.errors import problems
from app.api.json_answers import json_response
from app.api.personal_fields import CardNumberField
from app.api.principals import check_owner, principal_of
from app.api.problems import (
    NOT_FOUND,
    PAYLOAD_TOO_LARGE,
    UNSUPPORTED_MEDIA_TYPE,
    USER_ERASED,
    VAULT_NOT_CONFIGURED,
    Problem,
)
from app.api.routing import StrictRoute
from app.api.schemas import Answer, Id, StrictModel, example
from app.api.services import Services, services_of
from app.commands.add_card import add_card
from app.ports.vault import Card
from app.queries.cards import find_card

router = APIRouter(route_class=StrictRoute, tags=["vault"])

_EXAMPLE: dict[str, Any] = {"userId": "hanako", "cardNumber": "4111 1111 1111 1111"}


class CardBody(StrictModel):
    """A user's card. This is the only place where a card number may be sent."""

    model_config = ConfigDict(title="Card", json_schema_extra={"examples": [_EXAMPLE]})

    user_id: Id
    card_number: Annotated[CardNumberField, Field(description="13 to 19 digits; spaces and dashes may be between them")]


class CardAnswer(Answer):
    """What is shown of a card. `cardId` stands for the number in purchases and everywhere else."""

    card_id: str = Field(examples=["card_k7m2q4w6e5r3t7y2u4i6o5p3a7"])
    user_id: str = Field(examples=["hanako"])
    brand: str = Field(examples=["VISA"])
    last_four: str = Field(examples=["1111"])
    created_at: str = Field(examples=["2023-05-01T12:34:56.000000Z"])


CardId = Annotated[Id, Path(alias="cardId", openapi_examples=example("card_k7m2q4w6e5r3t7y2u4i6o5p3a7"))]


@router.post(
    "/cards",
    status_code=201,
    response_model=CardAnswer,
    summary="Give a card number a token",
    responses={
        200: {"model": CardAnswer, "description": "The user's card with this number had a token already"},
        **problems(USER_ERASED, PAYLOAD_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, VAULT_NOT_CONFIGURED),
    },
)
async def post_card(request: Request, body: CardBody, services: Annotated[Services, Depends(services_of)]) -> Response:
    """The token is random: nothing of the number is in it. The same user and number again are answered with the same
    token, other users' cards with tokens of their own."""
    check_owner(request, body.user_id)
    added = await add_card(body.user_id, body.card_number, using=services.vaulting)
    headers = {"Location": f"/cards/{added.card.card_id}"}
    if not added.is_new:
        headers["Idempotency-Replayed"] = "true"
    return json_response(_document(added.card), headers, status=201 if added.is_new else 200)


@router.get(
    "/cards/{cardId}",
    response_model=CardAnswer,
    summary="What is shown of a card",
    responses=problems(NOT_FOUND, VAULT_NOT_CONFIGURED),
)
async def get_card(request: Request, card_id: CardId, services: Annotated[Services, Depends(services_of)]) -> Response:
    """Its brand and last four digits. Users are answered the same for a token that is unknown and one of somebody
    else's card."""
    card = await find_card(card_id, vault=services.vault)
    check_owner(request, card.user_id if card is not None else None)
    if card is None:
        raise Problem(NOT_FOUND, "No card has this token.")
    if principal_of(request).user_id != card.user_id:
        await services.vaulting.auditor.shown("card.show", f"card:{card_id}", f"user:{card.user_id}")
    return json_response(_document(card))


def _document(card: Card) -> dict[str, str]:
    return {
        "cardId": card.card_id,
        "userId": card.user_id,
        "brand": card.face.brand.value,
        "lastFour": card.face.last_four,
        "createdAt": card.created_at,
    }
