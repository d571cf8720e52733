"""Who may call what, as the OpenAPI description says it: made from the same table that decides."""

from copy import deepcopy
from typing import Any

from app.api.access_rules import TABLE, RouteAccess
from app.api.errors import problems
from app.api.problems import FORBIDDEN, UNAUTHENTICATED
from app.api.protection import Protection
from app.domain.access import Scope

_BEARER = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "JWT",
    "description": "A token of the service's OpenID Connect issuer. On a developer's machine `kickbacks token` makes "
    "one; there an open service needs none.",
}
_REASON = {
    "name": "X-Reason",
    "in": "header",
    "required": False,
    "description": "Why this is done, for the audit trail. UTF-8, up to 256 characters, nothing personal",
    "schema": {"type": "string", "pattern": "^[!-~]([ -~]{0,254}[!-~])?$"},
}
_REFUSALS = {"Unauthenticated": UNAUTHENTICATED, "Forbidden": FORBIDDEN}


def describe_access(document: dict[str, Any], protection: Protection) -> None:
    """Adds security schemes, and to every operation that is not public what it needs and the answers to who has not
    got it."""
    schemes = {"bearer": _BEARER}
    if protection.openid_issuer is not None:
        url = protection.openid_issuer.rstrip("/") + "/.well-known/openid-configuration"
        schemes["openIdConnect"] = {"type": "openIdConnect", "openIdConnectUrl": url}
    answers = problems(*_REFUSALS.values())
    document["components"] |= {
        "securitySchemes": schemes,
        "parameters": {"Reason": _REASON},
        "responses": {name: deepcopy(answers[kind.status]) for name, kind in _REFUSALS.items()},
    }
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            access = TABLE[f"{method.upper()} {path}"]
            if not access.rule.public:
                traced = method != "get" or access.watched or Scope.IDENTIFY in access.rule.scopes
                _describe(operation, access, list(schemes), leaves_a_trace=traced)


def _describe(operation: dict[str, Any], access: RouteAccess, schemes: list[str], *, leaves_a_trace: bool) -> None:
    scopes = sorted(scope.value for scope in access.rule.scopes)
    # Any one of them will do; a user's own things need no scope at all.
    alternatives = [[scope] for scope in scopes]
    if access.rule.own or access.rule.known:
        alternatives.insert(0, [])
    operation["security"] = [{scheme: list(needed)} for scheme in schemes for needed in alternatives]
    operation["description"] = f"{operation.get('description', '')} {_who(access, scopes)}".strip()
    for name, kind in _REFUSALS.items():
        operation["responses"][str(kind.status)] = {"$ref": f"#/components/responses/{name}"}
    if leaves_a_trace:
        operation.setdefault("parameters", []).append({"$ref": "#/components/parameters/Reason"})


def _who(access: RouteAccess, scopes: list[str]) -> str:
    if access.rule.known:
        return "For every caller who is known."
    named = ", ".join(f"`{scope}`" for scope in scopes)
    return f"For users themselves, and {named}." if access.rule.own else f"For {named}."
