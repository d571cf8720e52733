"""PUT and GET /users/{id}/profile"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import ConfigDict, Field

from app.api.errors import problems
from app.api.json_answers import json_response
from app.api.personal_fields import BirthdayField, EmailField, PersonNameField
from app.api.principals import principal_of
from app.api.problems import (
    NOT_FOUND,
    PAYLOAD_TOO_LARGE,
    UNSUPPORTED_MEDIA_TYPE,
    USER_ERASED,
    VAULT_NOT_CONFIGURED,
    Problem,
    invalid,
)
from app.api.routing import StrictRoute
from app.api.schemas import Answer, Id, StrictModel, example
from app.api.services import Services, services_of
from app.commands.put_profile import put_profile
from app.domain.personal import Profile, is_after
from app.queries.profiles import profile_of

router = APIRouter(route_class=StrictRoute, tags=["vault"])

_EXAMPLE: dict[str, Any] = {"name": "山田 花子", "email": "hanako@example.jp", "birthday": "1990-02-28"}

UserId = Annotated[Id, Path(alias="id", openapi_examples=example("hanako"))]


class ProfileBody(StrictModel):
    """All that is to be known about a user: what is not named here is removed."""

    model_config = ConfigDict(title="Profile", json_schema_extra={"examples": [_EXAMPLE]})

    name: PersonNameField | None = None
    email: EmailField | None = None
    birthday: BirthdayField | None = None


class ProfileAnswer(Answer):
    """What is known about a user; what is not is absent."""

    user_id: str = Field(examples=["hanako"])
    name: str = Field("", examples=["山田 花子"])
    email: str = Field("", examples=["hanako@example.jp"])
    birthday: str = Field("", examples=["1990-02-28"])


@router.put(
    "/users/{id}/profile",
    response_model=ProfileAnswer,
    summary="Replace what is known about a user",
    responses=problems(USER_ERASED, PAYLOAD_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, VAULT_NOT_CONFIGURED),
)
async def put_users_profile(
    user_id: UserId, body: ProfileBody, services: Annotated[Services, Depends(services_of)]
) -> Response:
    """Each field is encrypted under a key of the user's own."""
    rules = services.purchases
    if body.birthday is not None and is_after(body.birthday, rules.now().astimezone(rules.zone).date()):
        raise invalid("/birthday", "must not be in the future")
    profile = Profile(body.name, body.email, body.birthday)
    await put_profile(user_id, profile, using=services.vaulting)
    return json_response(_document(user_id, profile))


@router.get(
    "/users/{id}/profile",
    response_model=ProfileAnswer,
    summary="What is known about a user",
    responses=problems(NOT_FOUND, VAULT_NOT_CONFIGURED),
)
async def get_users_profile(
    request: Request, user_id: UserId, services: Annotated[Services, Depends(services_of)]
) -> Response:
    """That somebody else than the user asked for it is in the audit trail."""
    is_own = principal_of(request).user_id == user_id
    auditor = None if is_own else services.vaulting.auditor
    profile = await profile_of(user_id, vault=services.vault, auditor=auditor)
    if profile is None:
        raise Problem(NOT_FOUND, "Nothing is known about this user.")
    return json_response(_document(user_id, profile))


def _document(user_id: str, profile: Profile) -> dict[str, str]:
    known = {"name": profile.name, "email": profile.email, "birthday": profile.birthday}
    return {"userId": user_id} | {name: one.reveal() for name, one in known.items() if one is not None}
