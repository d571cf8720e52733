"""Who sent the request that a route is answering."""

from fastapi import Request

from app.api.problems import FORBIDDEN, Problem
from app.domain.access import Principal, Scope


def principal_of(request: Request) -> Principal:
    """As the access layer has found out. Raises KeyError where no access layer was passed: then nobody may do
    anything."""
    principal: Principal = request.scope["principal"]
    return principal


def check_administrator(request: Request) -> None:
    """Raises Problem FORBIDDEN."""
    if not principal_of(request).has(Scope.ADMIN):
        raise Problem(FORBIDDEN, "This needs an administrator.")
