"""Requests at a given pace, whatever becomes of those before: as from many clients that do not know of each other."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

from bench.abuse.honest import Asked
from bench.http_client import Connection, Unexpected
from bench.pace import GRACE_SECONDS

LOST = 0
# Due requests are sent together this often: a timer for each would cost more than the request.
_TICK_SECONDS = 0.001
_AT_ONCE = 50  # then answers are read before more is sent
_REFUSALS = frozenset({429, 503})
GOOD = frozenset({200, 201})


@dataclass(frozen=True, slots=True)
class Answer:
    """Times of the loop's clock, in seconds. `status` is LOST where the connection ended without one; `says_when`: it
    has Retry-After."""

    due: float
    sent: float
    ended: float
    status: int
    says_when: bool

    @property
    def is_good(self) -> bool:
        """It was done."""
        return self.status in GOOD

    @property
    def is_refusal(self) -> bool:
        """It was turned away, and told when to come again."""
        return self.status in _REFUSALS and self.says_when

    @property
    def seconds(self) -> float:
        """As long as the client waited from when it wanted to ask: what is late because the sender was counts too."""
        return self.ended - self.due


class _Telling(Connection):
    """Whatever the status is, it is an answer."""

    def __init__(self) -> None:
        super().__init__()
        self.status = LOST
        self.says_when = False

    @property
    def is_open(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

    def on_message_begin(self) -> None:
        """Called by the parser."""
        self.says_when = False

    def on_header(self, name: bytes, value: bytes) -> None:  # noqa: ARG002 - given by the parser
        """Called by the parser."""
        if name.lower() == b"retry-after":
            self.says_when = True

    def on_message_complete(self) -> None:
        """Called by the parser."""
        self.status = self._parser.get_status_code()
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(b"")


class OpenLoop:
    """`answers` so far. `unsent` requests found no connection free, and no more may be opened."""

    def __init__(self, url: str, requests: Iterator[Asked], *, most_connections: int) -> None:
        self._url = url
        self._requests = requests
        self._most = most_connections
        self._loop = asyncio.get_running_loop()
        self._idle: list[_Telling] = []
        self._asking: set[asyncio.Task[None]] = set()
        self.answers: list[Answer] = []
        self.unsent = 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._asking:
            task.cancel()
        await asyncio.gather(*self._asking, return_exceptions=True)
        for one in self._idle:
            one.close()

    async def send(self, per_second: float, seconds: float) -> None:
        """So long. What was sent may still be unanswered then."""
        started, number = self._loop.time(), 0
        while number < per_second * seconds:
            due = started + number / per_second
            if (early := due - self._loop.time()) > 0:
                await asyncio.sleep(max(early, _TICK_SECONDS))
                continue
            number += 1
            if len(self._asking) < self._most:
                task = self._loop.create_task(self._ask(next(self._requests).request, due))
                self._asking.add(task)
                task.add_done_callback(self._asking.discard)
            else:
                self.unsent += 1
            if number % _AT_ONCE == 0:
                await asyncio.sleep(0)
        await asyncio.sleep(max(0.0, started + seconds - self._loop.time()))

    async def finish(self) -> Sequence[Answer]:
        """All answers. Raises TimeoutError for one that does not come."""
        async with asyncio.timeout(GRACE_SECONDS):
            while self._asking:
                await asyncio.wait(self._asking)
        return self.answers

    async def _ask(self, request: bytes, due: float) -> None:
        connection, sent = await self._connection(), self._loop.time()
        try:
            await connection.ask(request)
        except Unexpected:  # noted as LOST
            connection.close()
        else:
            self._idle.append(connection)
        self.answers.append(Answer(due, sent, self._loop.time(), connection.status, connection.says_when))

    async def _connection(self) -> _Telling:
        while self._idle:
            one = self._idle.pop()
            if one.is_open:
                one.status = LOST
                return one
        return await _Telling.open(self._url)
