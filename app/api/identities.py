"""POST /identities, POST /identities/searches, GET /users/{id}/identity"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Response
from pydantic import ConfigDict, Field

from app.api.errors import problems
from app.api.json_answers import json_response
from app.api.personal_fields import EmailField, Issuer, SubjectField
from app.api.problems import NOT_FOUND, PAYLOAD_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, VAULT_NOT_CONFIGURED, Problem
from app.api.routing import StrictRoute
from app.api.schemas import Answer, Id, StrictModel, example
from app.api.services import Services, services_of
from app.commands.add_identity import add_identity
from app.domain.personal import ExternalIdentity
from app.queries.identities import MOST_FOUND, identity_of, users_with_email

router = APIRouter(route_class=StrictRoute, tags=["vault"])

_ISSUER, _SUBJECT = "https://login.example.com", "auth0|5f7c8ec7c33c6c004bbafe82"
_USER_ID = "user_k7m2q4w6e5r3t7y2u4i6o5p3a7"
_BODY = problems(PAYLOAD_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, VAULT_NOT_CONFIGURED)


class IdentityBody(StrictModel):
    """Who somebody is elsewhere: what an issuer of tokens (its `iss`) calls them (`sub`)."""

    model_config = ConfigDict(
        title="Identity", json_schema_extra={"examples": [{"issuer": _ISSUER, "subject": _SUBJECT}]}
    )

    issuer: Issuer
    subject: SubjectField


class SearchBody(StrictModel):
    """What is known of somebody."""

    model_config = ConfigDict(title="Search", json_schema_extra={"examples": [{"email": "hanako@example.jp"}]})

    email: EmailField


class UserIdAnswer(Answer):
    """The user id by which the service knows somebody."""

    user_id: str = Field(examples=[_USER_ID])


class IdentityAnswer(Answer):
    """Who a user is elsewhere."""

    issuer: str = Field(examples=[_ISSUER])
    subject: str = Field(examples=[_SUBJECT])


class SearchAnswer(Answer):
    """Who was found."""

    items: Annotated[list[UserIdAnswer], Field(max_length=MOST_FOUND)]


@router.post(
    "/identities",
    status_code=201,
    response_model=UserIdAnswer,
    summary="Give somebody a user id",
    responses={200: {"model": UserIdAnswer, "description": "They had one already"}, **_BODY},
)
async def post_identity(body: IdentityBody, services: Annotated[Services, Depends(services_of)]) -> Response:
    """A random one, once for each issuer and subject: nothing of them is in it."""
    added = await add_identity(ExternalIdentity(body.issuer, body.subject), using=services.vaulting)
    headers = {} if added.is_new else {"Idempotency-Replayed": "true"}
    return json_response({"userId": added.user_id}, headers, status=201 if added.is_new else 200)


@router.post(
    "/identities/searches",
    response_model=SearchAnswer,
    summary="Find users by their e-mail address",
    responses=_BODY,
)
async def post_search(body: SearchBody, services: Annotated[Services, Depends(services_of)]) -> Response:
    """Those in whose profile it stands, upper and lower case alike; at most 50. It is a POST because what stands in a
    URL is kept in many places."""
    found = await users_with_email(body.email, vault=services.vault, auditor=services.vaulting.auditor)
    items: list[dict[str, Any]] = [{"userId": user_id} for user_id in found]
    return json_response({"items": items})


@router.get(
    "/users/{id}/identity",
    response_model=IdentityAnswer,
    summary="Who a user is elsewhere",
    responses=problems(NOT_FOUND, VAULT_NOT_CONFIGURED),
)
async def get_identity(
    user_id: Annotated[Id, Path(alias="id", openapi_examples=example(_USER_ID))],
    services: Annotated[Services, Depends(services_of)],
) -> Response:
    """That it was asked for is in the audit trail."""
    identity = await identity_of(user_id, vault=services.vault, auditor=services.vaulting.auditor)
    if identity is None:
        raise Problem(NOT_FOUND, "Nothing is known about this user.")
    return json_response({"issuer": identity.issuer, "subject": identity.subject.reveal()})
