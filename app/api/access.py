"""Between the network and the routes: who asks, and whether they may. Decided before a body or the database is read.

Plain ASGI. It raises problems, which RequestMiddleware outside of it answers, and hands on only what a route stands
for: nothing reaches an endpoint that has not been found in the table.
"""

import ipaddress
from collections.abc import Sequence
from functools import lru_cache

import structlog
from starlette._utils import get_route_path
from starlette.types import ASGIApp, Receive, Scope, Send

from app.api.access_rules import Gate
from app.api.principals import actor_of, forbidden
from app.api.privileged_reads import note_privileged_read
from app.api.problems import (
    FORBIDDEN,
    METHOD_NOT_ALLOWED,
    NOT_FOUND,
    UNAUTHENTICATED,
    Problem,
    invalid,
    unavailable,
)
from app.api.protection import Protection
from app.api.route_tree import RouteTree
from app.callers import Caller, current_caller, set_caller
from app.domain.access import OPEN, Principal
from app.domain.texts import clean_name
from app.ports.identity import Identity, IssuerUnavailable, TokenRefused

_log = structlog.get_logger("kickbacks.access")
_CHALLENGE = 'Bearer realm="kickbacks"'


class AccessMiddleware:
    """For what is inside it sets `scope["gate"]` and `scope["path_values"]`, and unless everybody may call that,
    `scope["principal"]` and the caller of this context."""

    def __init__(self, app: ASGIApp, *, gates: RouteTree[Gate], protection: Protection) -> None:
        self._app = app
        self._gates = gates
        self._is_open = protection.is_open
        self._open_to_network = protection.open_to_network

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or whatever else a server sends, which goes on as it is. Raises Problem UNAUTHENTICATED,
        FORBIDDEN, NOT_FOUND, METHOD_NOT_ALLOWED, VALIDATION_FAILED, UNAVAILABLE; StoreUnavailable."""
        if scope["type"] == "http":
            # As the routes see it, so that both speak of the same one.
            path = get_route_path(scope) if scope.get("root_path") else scope["path"]
            found = self._gates.find(scope["method"], path)
            if found is None or not found[0].access.rule.public:
                headers = dict(scope["headers"])
                shown = headers.get(b"authorization")
                principal = self._unasked(scope) if shown is None else await _asked(shown, scope)
                if found is None:
                    raise self._nowhere(path)
                gate, values = found
                _admit(principal, gate, values, headers.get(b"x-reason"), scope)
                if not principal.is_open and gate.watches(principal, values):
                    await note_privileged_read(gate, values, current_caller(), scope["app"].state.services)
            scope["gate"], scope["path_values"] = found
        await self._app(scope, receive, send)

    def _unasked(self, scope: Scope) -> Principal:
        if not self._is_open:
            raise _unauthenticated(_CHALLENGE)
        server = scope.get("server")
        if server is not None and not self._open_to_network and _is_other_address(server[0]):
            raise Problem(FORBIDDEN, "The service is open to this machine only: see OPEN_TO_NETWORK.")
        return OPEN

    def _nowhere(self, path: str) -> Problem:
        methods = self._gates.methods(path)
        if methods:
            return Problem(METHOD_NOT_ALLOWED, METHOD_NOT_ALLOWED.title + ".", headers={"Allow": ", ".join(methods)})
        return Problem(NOT_FOUND, NOT_FOUND.title + ".")


def _admit(principal: Principal, gate: Gate, values: Sequence[str], reason: bytes | None, scope: Scope) -> None:
    scope["principal"], scope["gate"] = principal, gate
    scope["route"] = gate.route  # that the log and the metrics know where somebody was refused
    if not principal.is_open and not gate.allows(principal, values):
        raise forbidden(gate.access.rule)
    set_caller(Caller(actor_of(principal), scope["request_id"], _reason(reason) if reason is not None else None))


async def _asked(shown: bytes, scope: Scope) -> Principal:
    identity: Identity = scope["app"].state.services.identity
    try:
        return await identity.principal_of(_token(shown, scope))
    except TokenRefused as refused:
        _log.info("token refused", request_id=scope["request_id"], reason=refused.reason)
        raise _unauthenticated(f'{_CHALLENGE}, error="invalid_token"') from None
    except IssuerUnavailable:
        raise unavailable("Who you are cannot be checked at the moment. Nothing was changed.") from None


def _token(shown: bytes, scope: Scope) -> str:
    """What stands behind the scheme's name, whatever it is. Raises TokenRefused."""
    scheme, _, token = shown.partition(b" ")
    if scheme.lower() != b"bearer" or not token.isascii():
        raise TokenRefused("no bearer token")
    if sum(name == b"authorization" for name, _ in scope["headers"]) > 1:
        raise TokenRefused("several tokens")
    return token.strip(b" ").decode()


def _unauthenticated(challenge: str) -> Problem:
    """The same body whatever was wrong."""
    return Problem(
        UNAUTHENTICATED, "A bearer token that is good here is needed.", headers={"WWW-Authenticate": challenge}
    )


def _reason(given: bytes) -> str:
    """Raises Problem VALIDATION_FAILED."""
    try:
        return clean_name(given.decode())
    except UnicodeDecodeError:
        raise invalid("/header/X-Reason", "must be UTF-8") from None
    except ValueError as error:
        raise invalid("/header/X-Reason", str(error)) from None


@lru_cache(maxsize=64)
def _is_other_address(host: str) -> bool:
    """Whether it is an address by which other machines can reach this one. Servers name it as their socket does, and
    something else only where it is a socket of files."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return not (mapped or address).is_loopback
