"""What a request passes on its way in, and its answer on its way out."""

import time
from collections.abc import Callable

from fastapi import FastAPI
from starlette.types import ASGIApp

from app.api.access import AccessMiddleware
from app.api.access_rules import Gate
from app.api.addresses import address_of
from app.api.cors import Cors, allowed_by
from app.api.direct_routes import DirectRoutes
from app.api.documentation_policy import DocumentationPolicy
from app.api.middleware import RequestMiddleware
from app.api.protection import Protection
from app.api.rate_limits import AddressLimit, CallerLimit
from app.api.route_tree import RouteTree
from app.api.security_headers import security_headers
from app.api.work_limits import WorkLimits


def build_layers(
    app: FastAPI,
    inner: ASGIApp,
    *,
    gates: RouteTree[Gate],
    protection: Protection,
    new_request_id: Callable[[], str],
    deadline_seconds: float,
) -> ASGIApp:
    """From inside outwards. `inner` are FastAPI's own layers, which are only for what has no plan."""
    inner = DocumentationPolicy(inner, issuer=protection.openid_issuer, only_https=protection.only_https)
    layer: ASGIApp = DirectRoutes(inner, routes=app.routes)
    if protection.callers is not None:
        layer = CallerLimit(layer, protection.callers, now_us=_now_us)
    layer = AccessMiddleware(layer, gates=gates, protection=protection)
    allowed = allowed_by(protection.cors_origins, app.routes)
    if allowed.origins:
        layer = Cors(layer, allowed, preflights=True)
    if protection.addresses is not None:
        where = address_of(protection.trusted_proxies)
        layer = AddressLimit(layer, protection.addresses, address_of=where, now_us=_now_us)
    layer = WorkLimits(layer, most=protection.max_requests)
    layer = RequestMiddleware(
        layer,
        new_id=new_request_id,
        deadline_seconds=deadline_seconds,
        answer_headers=security_headers(only_https=protection.only_https),
    )
    return Cors(layer, allowed, preflights=False) if allowed.origins else layer


def _now_us() -> int:
    """Microseconds of a clock that is never set."""
    return time.monotonic_ns() // 1000
