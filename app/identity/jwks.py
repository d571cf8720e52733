"""An issuer's keys, kept and renewed (promise I2): no request waits for an issuer that is known to be away, and a flood
of unknown keys does not become a flood of questions.

Kept 10 minutes, asked for again after 8 while the old ones still serve. Where the issuer does not answer, the keys
stay good for 24 hours. At most one question is under way, and all who need its answer wait for the same one.
"""

import asyncio
from collections.abc import Awaitable, Callable
from math import inf

import structlog

from app.identity.key_sets import KeySet
from app.ports.identity import IssuerUnavailable
from app.telemetry import ISSUER_FETCHES

REFRESHED_AFTER_S = 8 * 60
KEPT_S = 10 * 60
STALE_S = 24 * 3600
RETRY_S = 30
# So long after a failure requests are not made to wait for the next try.
FAILING_S = 2 * RETRY_S
# Without keys nobody gets in, so the issuer is asked as soon as it may be back.
RETRY_WITHOUT_KEYS_S = 2

_logger = structlog.get_logger()


class FetchFailed(Exception):
    """No key set could be had. The message is a fixed text."""


class Jwks:
    """`fetch` asks the issuer, and ends in bounded time. `clock` gives seconds and never goes back."""

    def __init__(self, fetch: Callable[[], Awaitable[KeySet]], clock: Callable[[], float]) -> None:
        self._fetch = fetch
        self._clock = clock
        self._keys: KeySet | None = None
        self._fetched_at = -inf
        self._failing_until = -inf
        self._next_try = -inf
        self._next_unknown = -inf
        self._running: asyncio.Task[None] | None = None

    def fresh(self) -> KeySet | None:
        """See KeySource. May start asking for newer ones."""
        now = self._clock()
        age = now - self._fetched_at
        if age < REFRESHED_AFTER_S:
            return self._keys
        if self._running is None and now >= self._next_try:
            self._start()
        return self._keys if age < (STALE_S if now < self._failing_until else KEPT_S) else None

    async def keys(self) -> KeySet:
        """See KeySource."""
        fresh = self.fresh()
        if fresh is not None:
            return fresh
        await self._wait()
        return self._known()

    async def newer(self) -> KeySet:
        """See KeySource. At most once in 30 seconds, however many ask."""
        now = self._clock()
        if self._running is None and now >= self._next_unknown:
            self._next_unknown = now + RETRY_S
            self._start()
        await self._wait()
        if self._clock() < self._failing_until:
            raise IssuerUnavailable
        return self._known()

    async def close(self) -> None:
        """Ends what is under way."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.wait([self._running])

    def _known(self) -> KeySet:
        if self._keys is None or self._clock() - self._fetched_at >= STALE_S:
            raise IssuerUnavailable
        return self._keys

    def _start(self) -> None:
        self._running = asyncio.create_task(self._renew())
        self._running.add_done_callback(self._ended)

    async def _wait(self) -> None:
        """Who gives up waiting does not end it for the others."""
        if self._running is not None:
            await asyncio.wait([self._running])

    async def _renew(self) -> None:
        asked_at = self._clock()
        try:
            found = await self._fetch()
        except FetchFailed as error:
            _logger.warning("issuer_unavailable", reason=str(error))
            self._failed()
        else:
            ISSUER_FETCHES.labels("ok").inc()
            self._failing_until = -inf
            self._fetched_at = asked_at
            self._take(found)

    def _take(self, found: KeySet) -> None:
        if self._keys is None or found.fingerprint != self._keys.fingerprint:
            _logger.info("issuer_keys", keys=len(found.keys))
            self._keys = found

    def _failed(self) -> None:
        ISSUER_FETCHES.labels("failed").inc()
        now = self._clock()
        has_keys = now - self._fetched_at < STALE_S
        self._next_try = now + (RETRY_S if has_keys else RETRY_WITHOUT_KEYS_S)
        self._failing_until = now + FAILING_S

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running = None
        if not task.cancelled() and (error := task.exception()) is not None:
            _logger.error("issuer_keys_failed", exc_info=error)
            self._failed()
