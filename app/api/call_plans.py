"""From a request to its endpoint and back, with all that can be known before worked out once for each route."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.api.parameters import JsonBody, OptionalHeader, Parameter
from app.api.strict_requests import StrictRequest, query_parameters


@dataclass(frozen=True, slots=True)
class CallPlan:
    """How an endpoint is called. `query` is a model of all query parameters; `request` and `services` are the names of
    the arguments that take those.

    An ASGI application for a scope with `path_params`. Raises Problem, RequestValidationError, HTTPException, and
    whatever the endpoint raises.
    """

    endpoint: Callable[..., Awaitable[Response]]
    path: tuple[Parameter, ...] = ()
    query: Parameter | None = None
    headers: tuple[OptionalHeader, ...] = ()
    body: JsonBody | None = None
    request: str | None = None
    services: str | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request. All that is wrong with it is told at once."""
        request = StrictRequest(scope, receive)
        query = query_parameters(scope["query_string"], known=self.query is not None)
        body = await self.body.read(request) if self.body is not None else None
        arguments = self._arguments(request, query, body)
        response = await self.endpoint(**arguments)
        await response(scope, receive, send)

    def _arguments(self, request: StrictRequest, query: dict[str, str], body: Any) -> dict[str, Any]:
        arguments: dict[str, Any] = {}
        errors: list[Any] = []
        for parameter in self.path:
            parameter.take(request.scope["path_params"][parameter.name], arguments, errors)
        if self.query is not None:
            self.query.take(query, arguments, errors)
        for header in self.headers:
            header.take(request, arguments, errors)
        if self.body is not None:
            self.body.take(body, arguments, errors)
        if errors:
            raise RequestValidationError(errors)
        if self.request is not None:
            arguments[self.request] = request
        if self.services is not None:
            arguments[self.services] = request.scope["app"].state.services
        return arguments
