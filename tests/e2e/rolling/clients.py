"""Clients that record, read and use points at a steady pace, send again what a connection lost, and count it all."""

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.bodies import body
from tests.e2e.rolling.balancer import Balancer
from tests.http.points import day

EARNED = 10
USED = 1
USERS_OF_CLIENT = 2
_PAUSE_SECONDS = 0.1
_MOST_ATTEMPTS = 8
_RETRY_SECONDS = 0.1
_LOST = (httpx.NetworkError, httpx.RemoteProtocolError)


class NotAsPromised(AssertionError):
    """An answer that a client must never see."""


@dataclass(slots=True)
class Tally:
    """What all clients saw, by the phase in which they saw it; seconds are from the first attempt to the answer.
    `served`: by instance; `purchases`: whose each acknowledged one is; `redemptions`: how many of a user's were."""

    phase: str = "before"
    answers: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    resets: Counter[str] = field(default_factory=Counter)
    retried: Counter[str] = field(default_factory=Counter)
    slowest: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    served: Counter[str] = field(default_factory=Counter)
    purchases: dict[str, str] = field(default_factory=dict)
    redemptions: Counter[str] = field(default_factory=Counter)

    def lost(self, attempt: int) -> None:
        """A connection, at that attempt of a request: 0 is the first."""
        self.resets[self.phase] += 1
        self.retried[self.phase] += not attempt

    def answered(self, url: str, what: str, seconds: float) -> None:
        """By that instance."""
        self.served[url] += 1
        self.answers[self.phase][what] += 1
        self.slowest[self.phase] = max(self.slowest[self.phase], seconds)

    def lines(self) -> list[str]:
        """What there is to tell."""
        return [
            f"{phase}: {dict(sorted(answers.items()))}, {self.resets[phase]} connections lost, "
            f"{self.retried[phase]} requests sent again, slowest {1000 * self.slowest[phase]:.0f} ms"
            for phase, answers in self.answers.items()
        ]


@dataclass(slots=True)
class Client:
    """One after the other: records, records the same again, reads it in the history, uses a point."""

    name: str
    balancer: Balancer
    http: httpx.AsyncClient
    tally: Tally
    _number: int = 0

    async def live(self, stop: asyncio.Event) -> None:
        """Until it is to stop; what it began it ends."""
        while not stop.is_set():
            await self._purchase()

    async def _purchase(self) -> None:
        self._number += 1
        user, transaction = f"{self.name}-u{self._number % USERS_OF_CLIENT}", f"{self.name}-t{self._number}"
        dates = {"transactionDate": day(0), "occurredAt": ...}
        sent = body(transaction, transactionId=transaction, userId=user, kickbackAmount=EARNED, **dates)
        first = await self._ask("POST", "/transactions", 201, sent)
        self.tally.purchases[transaction] = user
        again = await self._ask("POST", "/transactions", 200, sent)
        if again.content != first.content:
            raise NotAsPromised("the same request again has another answer")
        page = await self._ask("GET", f"/users/{user}/kickbacks?limit=100&from={day(0)}&to={day(0)}", 200)
        if transaction not in {one["transactionId"] for one in page.json()["items"]}:
            raise NotAsPromised("a history without what was recorded before")
        use = {"redemptionId": f"r{self._number}", "type": "POINT", "amount": USED}
        await self._ask("POST", f"/users/{user}/redemptions", 201, use)
        self.tally.redemptions[user] += 1

    async def _ask(self, method: str, path: str, status: int, sent: dict[str, Any] | None = None) -> httpx.Response:
        """The answer, of another instance if need be. Raises NotAsPromised."""
        started = time.perf_counter()
        headers = {"connection": "close"} if self._number % 4 == 0 else {}
        for attempt in range(_MOST_ATTEMPTS):
            url = self.balancer.pick()
            try:
                answer = await self.http.request(method, url + path, json=sent, headers=headers)
            except _LOST:
                self.tally.lost(attempt)
                await asyncio.sleep(_RETRY_SECONDS)
                continue
            self.tally.answered(url, f"{method} {answer.status_code}", time.perf_counter() - started)
            # Of what was sent before nobody knows whether it was done: then it is told as done already.
            if answer.status_code not in ({status, 200} if attempt else {status}):
                raise NotAsPromised(f"{method} {answer.status_code} instead of {status}: {answer.text}")
            await asyncio.sleep(_PAUSE_SECONDS)
            return answer
        raise NotAsPromised(f"no answer to {method} in {_MOST_ATTEMPTS} attempts")


@asynccontextmanager
async def steady_load(balancer: Balancer, names: Sequence[str], tally: Tally) -> AsyncIterator[None]:
    """A client for each name, all the time. Raises at the end what a client raised."""
    stop = asyncio.Event()
    async with AsyncExitStack() as stack, asyncio.TaskGroup() as group:
        for name in names:
            http = await stack.enter_async_context(httpx.AsyncClient(timeout=30))
            group.create_task(Client(name, balancer, http, tally).live(stop))
        try:
            yield
        finally:
            stop.set()
