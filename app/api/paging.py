"""A page as every list answers it, and the link to the next one."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from pydantic import BaseModel
from starlette.responses import Response

from app.api.cursors import Cursors
from app.api.json_answers import json_response
from app.api.principals import actor_of, principal_of
from app.ports.pages import Position


def binding(request: Request, query: BaseModel) -> list[str]:
    """What a cursor is bound to: the caller, the route, and every parameter but the cursor itself."""
    return _bound(request, _parameters(query))


def opened(request: Request, query: BaseModel, cursor: str | None, cursors: Cursors) -> Position | None:
    """The position a request's cursor stands for; None without one. Raises Problem CURSOR_INVALID."""
    return cursors.open(binding(request, query), cursor) if cursor is not None else None


def page_response(
    request: Request,
    query: BaseModel,
    items: Sequence[Any],
    next_position: Position | None,
    cursors: Cursors,
    around: Mapping[str, Any] | None = None,
) -> Response:
    """`{"items", "nextCursor"}`, with the fields of `around` before them, and a Link header to the next page."""
    cursor, headers = None, None
    if next_position is not None:
        parameters = _parameters(query)
        cursor = cursors.seal(_bound(request, parameters), next_position)
        # Neither a cursor nor the path of a list has a character that would need quoting.
        link = f"{request.scope['path']}?{urlencode(parameters)}{'&' if parameters else ''}cursor={cursor}"
        headers = {"Link": f'<{link}>; rel="next"'}
    return json_response({**(around or {}), "items": items, "nextCursor": cursor}, headers)


def _bound(request: Request, parameters: Mapping[str, str]) -> list[str]:
    path = [f"{name}={value}" for name, value in sorted(request.path_params.items())]
    principal = principal_of(request)
    # Who is not asked has no name; cursors of open services stay as they are.
    caller = "" if principal.is_open else actor_of(principal)
    named = [f"{name}={value}" for name, value in sorted(parameters.items())]
    return [caller, request.scope["route"].path, *path, *named]


def _parameters(query: BaseModel) -> dict[str, str]:
    given = query.model_dump(mode="json", by_alias=True, exclude_none=True, exclude={"cursor"})
    return {name: str(value) for name, value in given.items()}
