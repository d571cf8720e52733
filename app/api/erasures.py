"""POST /users/{id}/erasure"""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response
from pydantic import ConfigDict, Field

from app.api.errors import problems
from app.api.json_answers import json_response
from app.api.problems import PAYLOAD_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, VAULT_NOT_CONFIGURED
from app.api.routing import StrictRoute
from app.api.schemas import Answer, Id, StrictModel, example
from app.api.services import Services, services_of
from app.api.transaction_body import Name
from app.commands.erase_user import erase_user

router = APIRouter(route_class=StrictRoute, tags=["vault"])


class ErasureBody(StrictModel):
    """Why a user is to be erased. It stays in the audit trail."""

    model_config = ConfigDict(
        title="Erasure", json_schema_extra={"examples": [{"erasureId": "erase001", "reason": "The user asked for it"}]}
    )

    erasure_id: Id
    reason: Annotated[Name, Field(description="Nothing personal")]


class ErasureAnswer(Answer):
    """Whose key was destroyed, and when."""

    user_id: str = Field(examples=["hanako"])
    erased_at: str = Field(examples=["2023-05-01T12:34:56.000000Z"])


@router.post(
    "/users/{id}/erasure",
    response_model=ErasureAnswer,
    summary="Erase who a user is, for ever",
    responses=problems(PAYLOAD_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, VAULT_NOT_CONFIGURED),
)
async def post_erasure(
    user_id: Annotated[Id, Path(alias="id", openapi_examples=example("user_k7m2q4w6e5r3t7y2u4i6o5p3a7"))],
    body: ErasureBody,
    services: Annotated[Services, Depends(services_of)],
) -> Response:
    """Destroys the user's key in the vault: identity, profile and cards are gone and cannot be written again. What was
    earned and used under the user id stays as it is. Of somebody who was erased before, the first erasure is
    answered."""
    erasure = await erase_user(user_id, body.erasure_id, body.reason, using=services.vaulting)
    headers = {} if erasure.is_new else {"Idempotency-Replayed": "true"}
    return json_response({"userId": erasure.user_id, "erasedAt": erasure.erased_at}, headers)
