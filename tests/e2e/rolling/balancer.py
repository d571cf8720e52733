"""What a load balancer does for several instances: it asks each whether it is ready, and sends requests to those."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import httpx

_CHECK_SECONDS = 0.2
_CHECK_TIMEOUT_SECONDS = 5.0
_UNREADY_IN_A_ROW = 2


@dataclass(slots=True)
class Balancer:
    """`urls` of all instances. One answer makes an instance ready, two in a row that are no good make it unready; one
    that has not been asked yet is unready."""

    urls: Sequence[str]
    _unready: dict[str, int] = field(default_factory=dict)
    _next: int = 0

    def pick(self) -> str:
        """The ready ones in turn; any where none is, as load balancers do: then it is the check that is wrong."""
        among = [url for url in self.urls if self._is_ready(url)] or self.urls
        self._next += 1
        return among[self._next % len(among)]

    async def until(self, url: str, *, ready: bool) -> None:
        """Until it has noticed."""
        async with asyncio.timeout(60):
            while self._is_ready(url) is not ready:  # noqa: ASYNC110 - noticed by another task
                await asyncio.sleep(0.01)

    async def check(self, http: httpx.AsyncClient, url: str) -> None:
        """One instance, for ever."""
        while True:
            started = asyncio.get_running_loop().time()
            try:
                answer = await http.get(f"{url}/health/ready", headers={"connection": "close"})
                ready = answer.status_code == 200
            except httpx.TransportError:
                ready = False
            self._unready[url] = 0 if ready else self._unready.get(url, _UNREADY_IN_A_ROW) + 1
            await asyncio.sleep(max(0.0, started + _CHECK_SECONDS - asyncio.get_running_loop().time()))

    def _is_ready(self, url: str) -> bool:
        return self._unready.get(url, _UNREADY_IN_A_ROW) < _UNREADY_IN_A_ROW


@asynccontextmanager
async def balancer(urls: Sequence[str]) -> AsyncIterator[Balancer]:
    """One that has found all of them ready."""
    one = Balancer(urls)
    async with httpx.AsyncClient(timeout=_CHECK_TIMEOUT_SECONDS) as http:
        checks = [asyncio.create_task(one.check(http, url)) for url in urls]
        try:
            for url in urls:
                await one.until(url, ready=True)
            yield one
        finally:
            for check in checks:
                check.cancel()
                with suppress(asyncio.CancelledError):  # it was asked to
                    await check
