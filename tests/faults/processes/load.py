"""Clients at a steady pace that ask for everything at once, and write down what they see."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from tests.bodies import body
from tests.faults.processes.history import NO_ANSWER, Call, History, Kind, Phase
from tests.http.points import day

USERS = 12
_PROBE_SECONDS = 0.1
_ANSWER_SECONDS = 60  # longer than anything may take: a limit of ours would hide the service's
_ATTEMPTS = 5
_PATIENCE = 3
_MOST_PAUSE_SECONDS = 1.0
_KINDS = (Kind.NEW, Kind.AGAIN, Kind.CHANGED, Kind.HISTORY, Kind.RANKING, Kind.REDEEM)
_WEIGHTS = (50, 12, 6, 14, 8, 10)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a client gets."""

    status: int
    content: bytes
    retry_after: bool


class Load:
    """`clients` of them, each sending its next request `every` seconds, or, where answers are slow, later: three times
    as long after one as it took. So they ask no more of a busy machine than it can do."""

    def __init__(self, url: str, *, seed: int, clients: int = 12, every: float = 0.25) -> None:
        self.url = url
        self.history = History()
        self._rng = random.Random(seed)
        self._clients = clients
        self._every = every
        self._numbers = iter(range(10**9))
        self._month = day(0)[:7]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[History]:
        """For as long as the block runs; what has been sent then is waited for."""
        stop = asyncio.Event()
        async with aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(total=_ANSWER_SECONDS)
        ) as http:
            clients = [asyncio.create_task(self._client(http, stop)) for _ in range(self._clients)]
            probe = asyncio.create_task(self._probe(http, stop))
            try:
                yield self.history
            finally:
                stop.set()
                await asyncio.gather(*clients, probe)

    async def settle(self, left: list[dict[str, Any]]) -> None:
        """Sends these again, a few at once, as often as it takes within reason."""
        queue = iter(left)
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_ANSWER_SECONDS)) as http:

            async def some() -> None:
                for sent in queue:
                    for _ in range(_ATTEMPTS):
                        await self._post(http, Kind.AGAIN, sent)
                        if sent["transactionId"] in self.history.recorded:
                            break
                        await asyncio.sleep(1)  # what Retry-After says

            await asyncio.gather(*(some() for _ in range(self._clients)))

    async def _client(self, http: aiohttp.ClientSession, stop: asyncio.Event) -> None:
        steps: dict[Kind, Callable[[aiohttp.ClientSession], Awaitable[None]]] = {
            Kind.NEW: self._new,
            Kind.AGAIN: self._again,
            Kind.CHANGED: self._changed,
            Kind.HISTORY: self._read_history,
            Kind.RANKING: self._read_ranking,
            Kind.REDEEM: self._redeem,
        }
        await asyncio.sleep(self._rng.random() * self._every)
        while not stop.is_set():
            started = time.monotonic()
            (kind,) = self._rng.choices(_KINDS, _WEIGHTS)
            await steps[kind](http)
            took = time.monotonic() - started
            await asyncio.sleep(max(self._every - took, min(_PATIENCE * took, _MOST_PAUSE_SECONDS)))

    async def _probe(self, http: aiohttp.ClientSession, stop: asyncio.Event) -> None:
        """As a load balancer asks whether the process is up."""
        while not stop.is_set():
            await self._ask(http, Kind.LIVE, "GET", "/health/live")
            await asyncio.sleep(_PROBE_SECONDS)

    async def _new(self, http: aiohttp.ClientSession) -> None:
        number = next(self._numbers)
        sent = body(
            f"u{self._rng.randrange(USERS)}",
            transactionId=f"t{number}",
            transactionDate=day(self._rng.randrange(3)),
            occurredAt=...,
            category=self._rng.choice(("GROCERY", "GROCERY", "DINING", "FUEL")),
            cardId=f"card{self._rng.randrange(5)}",
            transactionAmount=self._rng.randrange(100, 9_000),
            kickbackAmount=self._rng.randrange(1, 90),
            kickbackRate="0.01",
        )
        self.history.purchases[sent["transactionId"]] = sent
        await self._post(http, Kind.NEW, sent)

    async def _again(self, http: aiohttp.ClientSession) -> None:
        """Any of them, answered or not."""
        if self.history.purchases:
            await self._post(http, Kind.AGAIN, self._rng.choice(list(self.history.purchases.values())))

    async def _post(self, http: aiohttp.ClientSession, kind: Kind, sent: dict[str, Any]) -> None:
        name = sent["transactionId"]
        before = self.history.recorded.get(name)
        answer = await self._ask(http, kind, "POST", "/transactions", sent)
        if answer.status not in (200, 201):
            return
        first = self.history.recorded.setdefault(name, answer.content)
        if first != answer.content:
            self.history.wrong.append(f"{name} was answered {first.decode()} and then {answer.content.decode()}")
        if answer.status == 201 and before is not None:
            self.history.wrong.append(f"{name} was recorded although it had been acknowledged")

    async def _changed(self, http: aiohttp.ClientSession) -> None:
        """Of one that is certainly there."""
        if not self.history.recorded:
            return
        sent = self.history.purchases[self._rng.choice(list(self.history.recorded))]
        changed = {**sent, "transactionAmount": sent["transactionAmount"] + 1}
        answer = await self._ask(http, Kind.CHANGED, "POST", "/transactions", changed)
        if answer.status in (200, 201):
            self.history.wrong.append(f"{sent['transactionId']} was taken with another amount")

    async def _read_history(self, http: aiohttp.ClientSession) -> None:
        """What was acknowledged before is on it."""
        user = f"user-u{self._rng.randrange(USERS)}"
        sent = self.history.purchases
        there = [name for name in self.history.recorded if sent[name]["userId"] == user]
        answer = await self._ask(http, Kind.HISTORY, "GET", f"/users/{user}/kickbacks?limit=200")
        if answer.status == 200 and b'"nextCursor":null' in answer.content:
            lost = [name for name in there if f'"{name}"'.encode() not in answer.content]
            self.history.wrong.extend(f"{name} is not in the history" for name in lost)

    async def _read_ranking(self, http: aiohttp.ClientSession) -> None:
        answer = await self._ask(
            http, Kind.RANKING, "GET", f"/categories/GROCERY/rankings?month={self._month}&by=merchant"
        )
        if answer.status == 200 and b'"asOf":' not in answer.content:
            self.history.wrong.append("a ranking does not say how old it is")

    async def _redeem(self, http: aiohttp.ClientSession) -> None:
        name, user = f"r{next(self._numbers)}", f"user-u{self._rng.randrange(USERS)}"
        amount = self._rng.randrange(1, 20)
        self.history.redemptions[name] = (user, amount)
        sent = {"redemptionId": name, "type": "POINT", "amount": amount}
        answer = await self._ask(http, Kind.REDEEM, "POST", f"/users/{user}/redemptions", sent)
        if answer.status == 201:
            self.history.redeemed.add(name)

    async def _ask(
        self, http: aiohttp.ClientSession, kind: Kind, method: str, path: str, sent: dict[str, Any] | None = None
    ) -> Answer:
        at, before = time.monotonic(), self.history.phase
        try:
            async with http.request(method, self.url + path, json=sent) as got:
                answer = Answer(got.status, await got.read(), "Retry-After" in got.headers)
        except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError):
            answer = Answer(NO_ANSWER, b"", retry_after=False)
        # What was still under way when the fault came has met it.
        phase = before if before is not Phase.BEFORE else self.history.phase
        self.history.calls.append(Call(kind, phase, at, time.monotonic() - at, answer.status))
        if answer.status == 503 and not answer.retry_after:
            self.history.wrong.append(f"503 for a {kind} without Retry-After")
        if answer.status >= 400 and answer.status not in (409, 503):
            self.history.wrong.append(f"{answer.status} for a {kind}")
        return answer
