"""One connection: answers in the order of the questions, whatever pieces they come in."""

import asyncio
from typing import Protocol, cast

import msgspec

from bench.canned.answers import Answers, Received, whole
from bench.canned.requests import Malformed, Request, take


class Asks(Protocol):
    """The real database."""

    async def ask(self, request: Request) -> Received:
        """Its answer."""


class CannedProtocol(asyncio.Protocol):
    """What has no X-Amz-Target is not for DynamoDB: it is answered with what was counted so far, as JSON."""

    def __init__(self, answers: Answers, database: Asks) -> None:
        self._answers = answers
        self._database = database
        self._received = b""
        self._asking: asyncio.Task[None] | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the loop."""
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        """Called by the loop."""
        if self._asking is not None:
            self._asking.cancel()
        self._transport = None

    def data_received(self, data: bytes) -> None:
        """Called by the loop."""
        self._received = self._received + data if self._received else data
        if self._asking is None:  # else it goes on when that answer is there
            self._answer()

    def _answer(self) -> None:
        try:
            while self._transport is not None and (taken := take(self._received)) is not None:
                request, self._received = taken
                answer = self._known(request)
                if answer is None:
                    self._asking = asyncio.get_running_loop().create_task(self._learn(request))
                    return
                self._send(request, answer)
        except Malformed:
            self._drop()

    def _known(self, request: Request) -> bytes | None:
        if request.target:
            return self._answers.known(request)
        counts = {"calls": self._answers.counts(), "misses": self._answers.misses}
        return whole(Received(200, ((b"Content-Type", b"application/json"),), msgspec.json.encode(counts)))

    async def _learn(self, request: Request) -> None:
        try:
            answer = self._answers.learn(request, await self._database.ask(request))
        except Exception as error:
            self._drop()  # whoever asked sees a closed connection
            told = {"message": "the real database was asked in vain", "exception": error}
            asyncio.get_running_loop().call_exception_handler(told)
            return
        self._asking = None
        self._send(request, answer)
        self._answer()

    def _send(self, request: Request, answer: bytes) -> None:
        if self._transport is not None:
            self._transport.write(answer)
            if request.closes:
                self._drop(flush=True)

    def _drop(self, *, flush: bool = False) -> None:
        if self._transport is not None:
            transport, self._transport = self._transport, None
            transport.close() if flush else transport.abort()
