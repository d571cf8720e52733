"""GET /me"""

from fastapi import APIRouter, Request, Response

from app.api.errors import problems
from app.api.json_answers import json_response
from app.api.principals import principal_of
from app.api.routing import StrictRoute
from app.api.schemas import Answer

router = APIRouter(route_class=StrictRoute, tags=["operations"])


class MeAnswer(Answer):
    """The caller as the service knows it. `userId` is null for programs, and where nobody is asked who they are."""

    subject: str
    user_id: str | None
    scopes: list[str]


@router.get("/me", response_model=MeAnswer, summary="Who you are here", responses=problems())
async def get_me(request: Request) -> Response:
    """What your token says of you, for whoever wants to know what it is good for."""
    principal = principal_of(request)
    scopes = sorted(principal.scopes)
    return json_response({"subject": principal.subject, "userId": principal.user_id, "scopes": scopes})
