"""How often: a bucket of tokens for each address, before anybody is asked who they are, and one for each caller after.

Each process counts for itself: n processes allow n times as much. What all of them allow together is for what stands
in front of them.
"""

from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send

from app.api.paths import is_health
from app.api.problems import RATE_LIMITED, UNAUTHENTICATED, Problem
from app.domain.access import Principal
from app.domain.token_buckets import Allowance, TokenBuckets

# As many as take some ten megabytes. To have one forgotten early, all these have to be used while it fills.
MOST_BUCKETS = 65_536
# A failed attempt to say who one is costs as much as so many requests more: guessing comes to an end sooner.
FAILED_COST = 9
_SECOND_US = 1_000_000

ClockUs = Callable[[], int]


class AddressLimit:
    """For each address. `address_of` finds it in a request; `now_us` is a clock that never goes back, in
    microseconds. Health is always answered."""

    def __init__(
        self, app: ASGIApp, buckets: TokenBuckets, *, address_of: Callable[[Scope], str], now_us: ClockUs
    ) -> None:
        self._app = app
        self._buckets = buckets
        self._address_of = address_of
        self._now_us = now_us

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request. Raises Problem RATE_LIMITED."""
        if scope["type"] != "http" or is_health(scope["path"]):
            await self._app(scope, receive, send)
            return
        address = self._address_of(scope)
        wait_us = self._buckets.take(address, self._now_us())
        if wait_us:
            raise limited("address", self._buckets.allowance_of(address), wait_us)
        try:
            await self._app(scope, receive, send)
        except Problem as problem:
            if problem.kind is UNAUTHENTICATED:
                self._buckets.charge(address, self._now_us(), FAILED_COST)
            raise


class CallerLimit:
    """For each caller, by what their token says. What needs no token is limited by address alone."""

    def __init__(self, app: ASGIApp, buckets: TokenBuckets, *, now_us: ClockUs) -> None:
        self._app = app
        self._buckets = buckets
        self._now_us = now_us

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request. Raises Problem RATE_LIMITED."""
        principal: Principal | None = scope.get("principal")
        if principal is not None and not principal.is_open:
            wait_us = self._buckets.take(principal.subject, self._now_us())
            if wait_us:
                raise limited("caller", self._buckets.allowance_of(principal.subject), wait_us)
        await self._app(scope, receive, send)


def limited(policy: str, allowance: Allowance, wait_us: int) -> Problem:
    """429: when to come again, and how much there would have been, as RateLimit header fields say it (IETF draft
    draft-ietf-httpapi-ratelimit-headers): quota and window in seconds, what is left of it, and when there is more."""
    seconds = -(-wait_us // _SECOND_US)
    headers = {
        "Retry-After": str(seconds),
        "RateLimit-Policy": f'"{policy}";q={allowance.burst};w={allowance.refill_seconds}',
        "RateLimit": f'"{policy}";r=0;t={seconds}',
    }
    return Problem(RATE_LIMITED, "Come again after the seconds that Retry-After says.", headers=headers)
