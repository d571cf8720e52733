"""uvicorn's HTTP protocol with deadlines and a limit on the head. uvicorn itself waits for a slow client for ever."""

import asyncio
from typing import Any, cast

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from app.api.middleware import STREAMING_PATHS
from app.server.answer_heads import WritingHeads
from app.server.deadline import Deadline
from app.server.joined_writes import join_writes
from app.server.progress import MIN_BYTES, Progress

MAX_HEAD_BYTES = 16 * 1024

_HEAD_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class HeadTooLarge(Exception):
    """Raised inside the parser, which stops and answers 400."""


class DeadlineProtocol(HttpToolsProtocol):
    """A request, head and body, has `receive_seconds` to arrive; a stream has to make progress instead.

    How long the answer takes to make is not limited here; a client that does not go on reading it is cut too.
    """

    receive_seconds: float

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.app = WritingHeads(self.app)
        self._receiving = Deadline(self.loop, self.receive_seconds, self._receive_deadline)
        self._sending = Deadline(self.loop, self.receive_seconds, self._send_deadline)
        self._unsent_bytes = 0
        self._in_head = True
        self._in_message = False
        self._begins = False  # in the piece that is being read, and has no deadline yet: most end in it as well
        self._head_bytes = 0
        self._begun: RequestResponseCycle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Whoever connects has to say something."""
        super().connection_made(cast(asyncio.Transport, transport))
        self._receiving.start()

    def connection_lost(self, exc: Exception | None) -> None:
        """No timer outlives its connection; and nothing of it is left that refers to itself, which only a search
        through all objects would find: after some thousand connections that takes a second in which nobody is
        answered."""
        self._receiving.end()
        self._sending.end()
        super().connection_lost(exc)
        if self._begun is not None:
            # uvicorn tells the newest request only. One before it would go on, and fail for each piece of its answer.
            self._begun.disconnected = True
            self._begun.message_event.set()
            self._begun.transport = self.transport
            self._begun = None
        self.pipeline.clear()
        self.cycle = None  # type: ignore[assignment]  # as uvicorn has it before the first request

    def data_received(self, data: bytes) -> None:
        """Empty lines between requests stop uvicorn's keep-alive timer and start nothing: they start ours."""
        if self._in_head:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._begins:
            self._begins = False
            self._receiving.start()
        if self.transport.is_closing():
            return
        if self._in_head and self._head_bytes > MAX_HEAD_BYTES:
            self.transport.write(_HEAD_TOO_LARGE)
            self.transport.close()
        elif not self._receiving.running and not self._in_message and not self._answering():
            self._receiving.start()

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        super().on_message_begin()
        self._in_message = self._begins = True
        self._receiving.stop()

    def on_headers_complete(self) -> None:
        """The head has arrived."""
        if len(self.url) + sum(len(name) + len(value) for name, value in self.headers) > MAX_HEAD_BYTES:
            raise HeadTooLarge
        self._in_head = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The last byte of a request."""
        self._receiving.stop()
        self._in_message = self._begins = False
        self._in_head = True
        self._head_bytes = 0
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """A request that was answered before it was sent still has to end."""
        super().on_response_complete()
        if self._in_message and not self._receiving.running and not self.transport.is_closing():
            self._receiving.start()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._begun = cycle
        if cycle.scope["path"] in STREAMING_PATHS:
            self._begins = False
            self._receiving.stop()
            app = _watched(app, Progress(self.loop, self.receive_seconds, self._cut))
        else:
            join_writes(self.transport, cycle, self._close_after_answer)
        super()._start_asgi_task(cycle, app)

    def pause_writing(self) -> None:
        """More of the answer waits to be read than we want to hold."""
        super().pause_writing()
        self._expect_reading()

    def resume_writing(self) -> None:
        """The client has read."""
        self._sending.stop()
        super().resume_writing()

    def timeout_keep_alive_handler(self) -> None:
        """Closing waits until the client has read the rest of its answer, but not for ever."""
        super().timeout_keep_alive_handler()
        if self.transport.get_write_buffer_size():
            self._expect_reading()

    def _receive_deadline(self) -> None:
        """A client is not cut for what we keep it from sending, nor while an earlier request is being answered."""
        if self.flow.read_paused or (self._in_head and self._answering()):
            self._receiving.start()
        else:
            self._cut()

    def _expect_reading(self) -> None:
        self._unsent_bytes = self.transport.get_write_buffer_size()
        self._sending.start()

    def _send_deadline(self) -> None:
        if self._unsent_bytes - self.transport.get_write_buffer_size() >= MIN_BYTES:
            self._expect_reading()
        else:
            self._cut()

    def _answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _close_after_answer(self) -> None:
        self.transport.close()

    def _cut(self) -> None:
        self.transport.abort()


def _watched(app: ASGIApp, progress: Progress) -> ASGIApp:
    async def watched(scope: Scope, receive: Receive, send: Send) -> None:
        await app(scope, progress.watching(receive), send)

    return watched
