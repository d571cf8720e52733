"""A page as every list answers it, and the link to the next one."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import msgspec
from fastapi import Request
from pydantic import BaseModel
from starlette.responses import Response

from app.api.cursors import Cursors
from app.ports.pages import Position


def binding(request: Request, query: BaseModel) -> list[str]:
    """What a cursor is bound to: the caller, the route, and every parameter but the cursor itself."""
    parameters = [f"{name}={value}" for name, value in sorted(_parameters(query).items())]
    path = [f"{name}={value}" for name, value in sorted(request.path_params.items())]
    return ["", request.scope["route"].path, *path, *parameters]


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
    cursor = cursors.seal(binding(request, query), next_position) if next_position is not None else None
    headers = {}
    if cursor is not None:
        parameters = urlencode({**_parameters(query), "cursor": cursor})
        headers["Link"] = f'<{request.url.path}?{parameters}>; rel="next"'
    body = {**(around or {}), "items": items, "nextCursor": cursor}
    return Response(msgspec.json.encode(body), media_type="application/json", headers=headers)


def _parameters(query: BaseModel) -> dict[str, str]:
    given = query.model_dump(mode="json", by_alias=True, exclude_none=True, exclude={"cursor"})
    return {name: str(value) for name, value in given.items()}
