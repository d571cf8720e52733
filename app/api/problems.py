"""Errors as clients see them: application/problem+json (RFC 9457) with a stable code. Nothing sent is echoed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from starlette.responses import Response

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 1


@dataclass(frozen=True, slots=True)
class Kind:
    """One code: its HTTP status, and its title for people."""

    code: str
    status: int
    title: str


VALIDATION_FAILED = Kind("VALIDATION_FAILED", 422, "The request is not valid")
CURSOR_INVALID = Kind("CURSOR_INVALID", 400, "The cursor is not valid here")
BAD_REQUEST = Kind("BAD_REQUEST", 400, "The request could not be read")
NOT_FOUND = Kind("NOT_FOUND", 404, "There is no such thing")
METHOD_NOT_ALLOWED = Kind("METHOD_NOT_ALLOWED", 405, "The method is not allowed here")
TRANSACTION_CONFLICT = Kind("TRANSACTION_CONFLICT", 409, "It conflicts with what was recorded before")
VERSION_CONFLICT = Kind("VERSION_CONFLICT", 409, "The account is at another version")
INSUFFICIENT_POINTS = Kind("INSUFFICIENT_POINTS", 409, "The account holds less")
CONDITION_NOT_MET = Kind("CONDITION_NOT_MET", 409, "A condition does not hold")
USER_ERASED = Kind("USER_ERASED", 409, "The user was erased")
PAYLOAD_TOO_LARGE = Kind("PAYLOAD_TOO_LARGE", 413, "The body is too large")
URI_TOO_LONG = Kind("URI_TOO_LONG", 414, "The path or the query is too long")
UNSUPPORTED_MEDIA_TYPE = Kind("UNSUPPORTED_MEDIA_TYPE", 415, "The body's type or encoding is not supported")
UNAUTHENTICATED = Kind("UNAUTHENTICATED", 401, "It is not known who you are")
FORBIDDEN = Kind("FORBIDDEN", 403, "This is not allowed for you")
RATE_LIMITED = Kind("RATE_LIMITED", 429, "There were too many requests")
HEADERS_TOO_LARGE = Kind("HEADERS_TOO_LARGE", 431, "There are too many headers")
INTERNAL = Kind("INTERNAL", 500, "Something went wrong on our side")
UNAVAILABLE = Kind("UNAVAILABLE", 503, "The service cannot answer at the moment")
VAULT_NOT_CONFIGURED = Kind("VAULT_NOT_CONFIGURED", 503, "The service has no vault")

BY_STATUS: Mapping[int, Kind] = {
    kind.status: kind
    for kind in (
        BAD_REQUEST,
        UNAUTHENTICATED,
        FORBIDDEN,
        NOT_FOUND,
        METHOD_NOT_ALLOWED,
        PAYLOAD_TOO_LARGE,
        UNSUPPORTED_MEDIA_TYPE,
        INTERNAL,
        UNAVAILABLE,
    )
}


@dataclass(frozen=True, slots=True)
class FieldError:
    """Where (a JSON pointer; /query/..., /path/... and /header/... outside the body) and what is wrong."""

    pointer: str
    detail: str


@dataclass(slots=True, eq=False)
class Problem(Exception):
    """Raise to answer with an error. `detail` is fixed text about this occurrence; `members` are figures of it that
    the code promises, under their own names in the body."""

    kind: Kind
    detail: str
    errors: tuple[FieldError, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    members: Mapping[str, int | str] = field(default_factory=dict)


def invalid(pointer: str, detail: str) -> Problem:
    """422 about one field."""
    return invalid_fields([FieldError(pointer, detail)])


def invalid_fields(errors: Iterable[FieldError]) -> Problem:
    """422 about several fields."""
    listed = tuple(errors)
    noun = "field is" if len(listed) == 1 else "fields are"
    return Problem(VALIDATION_FAILED, f"{len(listed)} {noun} not valid.", listed)


def unavailable(detail: str) -> Problem:
    """503, to be tried again soon."""
    return Problem(UNAVAILABLE, detail, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})


def problem_body(problem: Problem, request_id: str | None = None) -> dict[str, Any]:
    """The JSON object. `instance` names the request, not its path: a path holds what was sent."""
    body: dict[str, Any] = {
        "type": f"urn:kickbacks:problem:{problem.kind.code.lower().replace('_', '-')}",
        "title": problem.kind.title,
        "status": problem.kind.status,
        "code": problem.kind.code,
        "detail": problem.detail,
    }
    if request_id is not None:
        body["instance"] = f"urn:kickbacks:request:{request_id}"
    body |= problem.members
    if problem.errors:
        body["errors"] = [{"pointer": error.pointer, "detail": error.detail} for error in problem.errors]
    return body


def problem_response(problem: Problem, request_id: str) -> Response:
    """The answer."""
    return Response(
        msgspec.json.encode(problem_body(problem, request_id)),
        status_code=problem.kind.status,
        media_type=MEDIA_TYPE,
        headers=dict(problem.headers),
    )
