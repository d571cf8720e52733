"""The honest client: requests at a steady pace, each measured from the moment at which it was due."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count

from bench.connections import connections
from bench.http_client import Connection
from bench.purchases import bodies

# Of the service's own connections none is closed for having said nothing between two requests.
IN_FLIGHT = 8
READ_SECONDS = 0.5
_EACH_READS = 2


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, and the status that it has to be answered with."""

    request: bytes
    status: int


def asked(name: str, token: str) -> Iterator[Asked]:
    """A purchase and a page of history in turn, of users that no other name has."""
    authorization = f"Authorization: Bearer {token}\r\n".encode()
    made = bodies(name)
    for number in count():
        if number % _EACH_READS:
            path = b"/users/%s-u%03d/kickbacks?limit=20" % (name.encode(), number % 400)
            yield Asked(b"GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n%s\r\n" % (path, authorization), 200)
        else:
            body = next(made)
            head = b"POST /transactions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            yield Asked(head + b"Content-Length: %d\r\n%s\r\n%s" % (len(body), authorization, body), 201)


async def measure(url: str, requests: Iterator[Asked], *, per_second: int, seconds: float) -> Sequence[float]:
    """How many seconds each took. Raises Unexpected for an answer that is not as it should be."""
    took: list[float] = []
    async with connections(url, IN_FLIGHT) as opened:
        started = time.perf_counter()
        due = iter(range(int(per_second * seconds)))

        async def ask(connection: Connection) -> None:
            for number in due:
                at = started + number / per_second
                one = next(requests)
                await asyncio.sleep(max(0.0, at - time.perf_counter()))
                await connection.ask(one.request, status=one.status)
                took.append(time.perf_counter() - at)

        async with asyncio.TaskGroup() as group:
            for connection in opened:
                group.create_task(ask(connection))
    return took
