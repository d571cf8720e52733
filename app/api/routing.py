"""The route class that reads requests strictly, before FastAPI sees them."""

import json
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.routing import Match

from app.api.json_bodies import parse_json
from app.api.problems import UNSUPPORTED_MEDIA_TYPE, Problem, invalid


class _StrictRequest(Request):
    async def json(self) -> Any:
        """The body by our own rules. Raises json.JSONDecodeError, which FastAPI turns into a validation error."""
        try:
            return parse_json(await self.body())
        except json.JSONDecodeError:
            raise


class StrictRoute(APIRoute):
    """Refuses what would otherwise be ignored: parameters of routes that have none, repeated ones, other body types."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's handler behind our checks."""
        handle = super().get_route_handler()
        takes_query = bool(self.dependant.query_params)
        takes_json = self.body_field is not None

        async def strict(request: Request) -> Response:
            if request.scope["query_string"]:
                _check_query(request, takes_query)
            if takes_json:
                _check_media_type(request)
            return await handle(_StrictRequest(request.scope, request.receive))

        return strict


def allowed_methods(request: Request) -> list[str]:
    """Of all routes with the request's path: each route by itself only knows its own. (Asked of the routes, because
    FastAPI keeps those of included routers to itself.)"""
    here = {name: request.scope[name] for name in ("type", "path", "root_path", "headers") if name in request.scope}
    return [
        method
        for method in ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
        if any(route.matches({**here, "method": method})[0] is Match.FULL for route in request.app.routes)
    ]


def _check_query(request: Request, takes_query: bool) -> None:
    names = [name for name, _ in request.query_params.multi_items()]
    if names and not takes_query:
        raise invalid("/query", "no parameters are known here")
    if len(set(names)) != len(names):
        raise invalid("/query", "a parameter must not be given twice")


def _check_media_type(request: Request) -> None:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json" and not media_type.endswith("+json"):
        raise Problem(UNSUPPORTED_MEDIA_TYPE, "The body must be application/json.")
