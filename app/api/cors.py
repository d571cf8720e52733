"""Pages of other origins: Starlette's CORS, for the origins of the settings, and with no credentials of the browser's
(tokens are sent by the page itself). Without origins none of it is there."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi.routing import iter_route_contexts
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

_REQUEST_HEADERS = ("Authorization", "Content-Type", "Idempotency-Key", "X-Reason", "X-Request-Id")
_ANSWER_HEADERS = (
    *("Idempotency-Replayed", "Link", "Location", "RateLimit", "RateLimit-Policy", "Retry-After"),
    *("Server-Timing", "WWW-Authenticate", "X-Request-Id"),
)
_SECONDS = 600


class Cors:
    """Starlette's layer, for browsers' questions whether a page may ask (`preflights`), or for all the others.

    The questions are answered inside RequestMiddleware, as requests like others, and before any token is needed;
    leave to read an answer is given outside of it, so that answers to errors can be read too.
    """

    def __init__(self, app: ASGIApp, allowed: "Allowed", *, preflights: bool) -> None:
        self._app = app
        self._preflights = preflights
        self._cors = CORSMiddleware(
            app,
            allow_origins=allowed.origins,
            allow_methods=allowed.methods,
            allow_headers=_REQUEST_HEADERS,
            expose_headers=_ANSWER_HEADERS,
            max_age=_SECONDS,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        mine = _is_preflight(scope) is self._preflights
        await (self._cors if mine else self._app)(scope, receive, send)


@dataclass(frozen=True, slots=True)
class Allowed:
    """Who may ask, and how."""

    origins: tuple[str, ...]
    methods: tuple[str, ...]


def allowed_by(origins: tuple[str, ...], routes: Sequence[BaseRoute]) -> Allowed:
    """Those origins, and the methods that some route has."""
    methods = {method for context in iter_route_contexts(routes) for method in context.methods or ()}
    return Allowed(origins, tuple(sorted(methods)))


def _is_preflight(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] != "OPTIONS":
        return False
    names = {name for name, _ in scope["headers"]}
    return b"origin" in names and b"access-control-request-method" in names
