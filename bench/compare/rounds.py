"""One database: all sides answer the same, are warmed up, and then measured in turn."""

from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date

from bench.compare.alike import check_alike
from bench.compare.sides import Side
from bench.compare.slices import Database, Slice, measure, once_each
from bench.compare.works import Work, asked, distinct
from bench.http_client import Connection
from bench.processes import Service

# Enough that a server is never without work, and a request does not wait long for its turn.
IN_FLIGHT = 8
_WARM_UP_SECONDS = 0.5

Slices = dict[tuple[Work, Side], list[Slice]]


@dataclass(frozen=True, slots=True)
class Rounds:
    """`seconds` is the length of a slice, `day` the date of what is posted."""

    servers: Mapping[Side, Service]
    database: Database
    works: Sequence[Work]
    seconds: float
    day: date

    async def run(self, rounds: int, name: str, say: Callable[[str], None]) -> Slices:
        """Raises Unexpected when a side answers otherwise than the service, or a call is not answered from memory."""
        say(f"{name}: warming up")
        await self._ask_everything(name)
        await self._round(defaultdict(list), f"{name}-warm", min(self.seconds, _WARM_UP_SECONDS), 0)
        slices: Slices = defaultdict(list)
        for number in range(1, rounds + 1):
            say(f"{name}: round {number} of {rounds}")
            await self._round(slices, f"{name}-{number}", self.seconds, number)
        return slices

    async def _ask_everything(self, name: str) -> None:
        for work in self.works:
            answers = {}
            for side, server in self.servers.items():
                requests = asked(work, side, f"{name}-first", self.day)
                async with _connected(server, 1) as (connection,):
                    answers[side] = await once_each(connection, requests, distinct(work))
            for side, given in answers.items():
                check_alike(side, work, given, answers[Side.SERVICE])

    async def _round(self, slices: Slices, name: str, seconds: float, number: int) -> None:
        sides = list(self.servers)
        first = number % len(sides)  # whoever is first in one round is not in the next
        for work in self.works:
            for side in sides[first:] + sides[:first]:
                requests, server = asked(work, side, name, self.day), self.servers[side]
                async with _connected(server, IN_FLIGHT) as connections:
                    slices[work, side].append(await measure(server, self.database, connections, requests, seconds))


@asynccontextmanager
async def _connected(server: Service, count: int) -> AsyncIterator[list[Connection]]:
    """New ones each time: a server closes those that say nothing for a while."""
    connections = [await Connection.open(server.url) for _ in range(count)]
    try:
        yield connections
    finally:
        for connection in connections:
            connection.close()
