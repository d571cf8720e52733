"""Which error becomes which answer, and how answers that are errors are documented."""

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from app.api.problems import (
    BY_STATUS,
    INTERNAL,
    MEDIA_TYPE,
    METHOD_NOT_ALLOWED,
    UNAVAILABLE,
    USER_ERASED,
    VALIDATION_FAILED,
    VAULT_NOT_CONFIGURED,
    FieldError,
    Kind,
    Problem,
    invalid_fields,
    problem_response,
    unavailable,
)
from app.api.routing import allowed_methods
from app.ports.errors import OutcomeUnknown, StoreUnavailable
from app.ports.vault import UserErased, VaultNotConfigured

_MAX_FIELD_ERRORS = 20
_PLACES = {"query": "/query", "path": "/path", "header": "/header", "cookie": "/cookie"}


def problems(*kinds: Kind) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that can answer these, beside what every route can answer."""
    documented: dict[int | str, dict[str, Any]] = {}
    for kind in (*kinds, VALIDATION_FAILED, UNAVAILABLE):
        described = documented.setdefault(kind.status, {"description": kind.title, "content": _PROBLEM_CONTENT})
        if kind.title not in described["description"]:
            described["description"] += f"; {kind.title}"
    return documented


_PROBLEM_CONTENT = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}


def install(app: FastAPI) -> None:
    """Registers the handler for every error that is meant for clients; the others end in the middleware."""
    for kind in (Problem, RequestValidationError, HTTPException, StoreUnavailable, UserErased, VaultNotConfigured):
        app.add_exception_handler(kind, _answer)
    app.add_exception_handler(Exception, _pass_on)


def problem_of(error: Exception) -> Problem:
    """The answer to an error; INTERNAL, with no word of what it was, for those that nobody foresaw."""
    match error:
        case Problem():
            return error
        case RequestValidationError():
            return invalid_fields(field_errors(error.errors()))
        case OutcomeUnknown():
            return unavailable(
                "No answer came in time, so it may have been written. The same request again settles it."
            )
        case StoreUnavailable():
            return unavailable("Nothing was changed. Try again soon.")
        case UserErased():
            return Problem(USER_ERASED, "Nothing was written. Nothing can be kept about this user any more.")
        case VaultNotConfigured():
            return Problem(VAULT_NOT_CONFIGURED, "Nothing was changed. No keys of the vault are configured here.")
        case HTTPException() if error.status_code in BY_STATUS:
            return Problem(
                BY_STATUS[error.status_code],
                BY_STATUS[error.status_code].title + ".",
                headers=dict(error.headers or {}),
            )
        case _:
            return Problem(INTERNAL, "It has been logged under the request id.")


def field_errors(errors: Sequence[Any]) -> list[FieldError]:
    """FastAPI's and pydantic's findings without what was sent: only known names and fixed texts are in them."""
    return [FieldError(_pointer(error["loc"]), _detail(error)) for error in errors[:_MAX_FIELD_ERRORS]]


def _pointer(loc: Sequence[int | str]) -> str:
    place, *rest = loc or ("body",)
    return "".join([_PLACES.get(str(place), ""), *(f"/{part}" for part in rest if isinstance(part, str))])


def _detail(error: Any) -> str:
    if error["type"] == "json_invalid":
        return str(error.get("ctx", {}).get("error", "must be JSON"))
    if error["type"] == "value_error":
        return str(error["msg"]).removeprefix("Value error, ")
    return str(error["msg"])


async def _pass_on(_: Request, error: Exception) -> Response:
    """In the place of Starlette's own answer to errors that nobody foresaw, which would come before ours."""
    raise error


async def _answer(request: Request, error: Exception) -> Response:
    problem = problem_of(error)
    if problem.kind is METHOD_NOT_ALLOWED:
        problem.headers = {"Allow": ", ".join(allowed_methods(request))}
    return problem_response(problem, request.scope["request_id"])
