"""Who sent the request that a route is answering."""

from fastapi import Request

from app.api.problems import FORBIDDEN, Problem
from app.domain.access import Principal, Rule, Scope

ADMINISTRATORS = Rule(scopes=frozenset({Scope.ADMIN}))


def principal_of(request: Request) -> Principal:
    """As the access layer has found out. Raises KeyError where no access layer was passed: then nobody may do
    anything."""
    principal: Principal = request.scope["principal"]
    return principal


def actor_of(principal: Principal) -> str:
    """The name by which traces of it know a caller: nothing personal is in it."""
    if principal.user_id is not None:
        return f"user:{principal.user_id}"
    return "open" if principal.is_open else f"client:{principal.subject}"


def check_administrator(request: Request) -> None:
    """Raises Problem FORBIDDEN."""
    if not principal_of(request).has(Scope.ADMIN):
        raise forbidden(ADMINISTRATORS)


def check_owner(request: Request, owner: str | None) -> None:
    """For what shows only inside whose it is; None where it does not exist: a user is answered the same then as for
    what is somebody else's. Raises Problem FORBIDDEN."""
    rule: Rule = request.scope["gate"].access.rule
    if not rule.allows(principal_of(request), owner):
        raise forbidden(rule)


def forbidden(rule: Rule) -> Problem:
    """403, with the scopes of which one would do."""
    scopes = " ".join(sorted(rule.scopes))
    challenge = f'Bearer realm="kickbacks", error="insufficient_scope", scope="{scopes}"'
    return Problem(FORBIDDEN, "Your token does not allow this.", headers={"WWW-Authenticate": challenge})
