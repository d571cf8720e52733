"""The route class that reads requests strictly, before FastAPI sees them."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.routing import Match

from app.api.strict_requests import StrictRequest, check_media_type, query_parameters


class StrictRoute(APIRoute):
    """Refuses what would otherwise be ignored: parameters of routes that have none, repeated ones, other body types."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's handler behind our checks. (Most requests take a shorter way: see `call_plans`.)"""
        handle = super().get_route_handler()
        takes_query = bool(self.dependant.query_params)
        takes_json = self.body_field is not None

        async def strict(request: Request) -> Response:
            query_parameters(request.scope["query_string"], known=takes_query)
            strictly_read = StrictRequest(request.scope, request.receive)
            if takes_json:
                check_media_type(strictly_read)
            return await handle(strictly_read)

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
