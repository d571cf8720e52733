"""The short way from a request to its route's endpoint."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi.routing import RouteContext, iter_route_contexts
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from app.api.call_plans import CallPlan
from app.api.planning import plan_of
from app.api.routing import StrictRoute


@dataclass(frozen=True, slots=True)
class DirectRoute:
    """A route that has a plan. `names` are those of the path's parameters, in order."""

    route: BaseRoute
    names: tuple[str, ...]
    call: CallPlan


class DirectRoutes:
    """Calls what has a plan. Everything else is FastAPI's: documentation, streams.

    It stands inside AccessMiddleware, which has found what stands at the path, and RequestMiddleware, which answers
    what is raised here.
    """

    def __init__(self, app: ASGIApp, *, routes: Sequence[BaseRoute]) -> None:
        self._app = app
        self._by_name = {
            f"{method} {context.path}": direct
            for context in iter_route_contexts(routes)
            if (direct := _direct(context)) is not None
            for method in context.methods or ()
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or whatever else a server sends, which goes on as it is."""
        direct = None
        if scope["type"] == "http" and not scope.get("root_path"):
            direct = self._by_name.get(scope["gate"].name)
        if direct is None:
            await self._app(scope, receive, send)
            return
        scope["route"] = direct.route
        scope["path_params"] = dict(zip(direct.names, scope["path_values"], strict=True))
        await direct.call(scope, receive, send)


def _direct(context: RouteContext) -> DirectRoute | None:
    route = context.original_route
    plan = plan_of(context) if isinstance(route, StrictRoute) else None
    return DirectRoute(route, tuple(context.param_convertors), plan) if plan is not None else None
