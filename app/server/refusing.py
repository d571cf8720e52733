"""What is refused costs little: not a line of the log, nor a search through what nobody wants any more."""

import logging
from typing import Any

from app.server.deadline import Deadline
from app.server.protocol import DeadlineProtocol, HeadTooLarge
from app.telemetry import REQUESTS_MALFORMED

# Lines of a head that are made objects of; a request of more than 100 is refused with an answer that says why.
MAX_HEADER_LINES = 1_000
# What is still read of a body after its request was answered, so that its connection can be used again.
MAX_UNREAD_BYTES = 64 * 1024
# What is taken and thrown away after that: a client that sends first and reads then has to come to its answer.
MAX_DISCARDED_BYTES = 2 * 1024 * 1024
LINGER_SECONDS = 2.0


class Ended(Exception):
    """Raised inside the parser: nothing more of this connection is a request."""


class WithoutWarnings(logging.LoggerAdapter[logging.Logger]):
    """uvicorn's log, but for its warnings. They say what clients send wrong: lines for these would be theirs to write,
    as many as they like."""

    def __init__(self, logger: logging.Logger) -> None:
        super().__init__(logger)
        self.level = logger.level

    def warning(self, msg: object, *args: Any, **kwargs: Any) -> None:
        """Not written."""


_LOG = WithoutWarnings(logging.getLogger("uvicorn.error"))


class RefusingProtocol(DeadlineProtocol):
    """A connection is closed behind an answer whose request does not end soon: the client sees its end, and what still
    comes is thrown away for a while, as closing at once would take the answer from it (RFC 9112, 9.6). A head of too
    many lines ends while it is read, and so do trailers, which nobody gets."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.logger = _LOG  # type: ignore[assignment]  # uvicorn calls no more of it than this has
        self._unread_bytes = 0
        self._trailer_lines = 0
        self._lingering: Deadline | None = None

    def connection_lost(self, exc: Exception | None) -> None:
        """Whoever lingered is gone."""
        if self._lingering is not None:
            self._lingering.end()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Of one who lingers it is only counted."""
        if self._lingering is None:
            super().data_received(data)
            return
        self._unread_bytes += len(data)
        if self._unread_bytes > MAX_DISCARDED_BYTES:
            self._cut()

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        super().on_message_begin()
        self._unread_bytes = self._trailer_lines = 0

    def on_header(self, name: bytes, value: bytes) -> None:
        """A line of a head, or one behind a chunked body."""
        if self._in_head:
            if len(self.headers) >= MAX_HEADER_LINES:
                raise HeadTooLarge
            super().on_header(name, value)
            return
        self._trailer_lines += 1
        if self._trailer_lines > MAX_HEADER_LINES:
            raise HeadTooLarge

    def on_body(self, body: bytes) -> None:
        """Some of it; there may be nobody left who wants it."""
        if self.cycle.response_complete:
            self._unread_bytes += len(body)
            if self._unread_bytes > MAX_UNREAD_BYTES:
                self._linger()
                raise Ended
            return
        super().on_body(body)

    def send_400_response(self, msg: str) -> None:
        """Counted. Not where the answer has been given."""
        if self._lingering is None:
            REQUESTS_MALFORMED.inc()
            super().send_400_response(msg)

    def _close_after_answer(self) -> None:
        if self._in_message and self.cycle.response_complete:
            self._linger()
        else:
            super()._close_after_answer()

    def _linger(self) -> None:
        if self._lingering is not None or self.transport.is_closing():
            return
        self._lingering = Deadline(self.loop, LINGER_SECONDS, self._cut)
        self._lingering.start()
        self.flow.resume_reading()
        if self.transport.can_write_eof():
            self.transport.write_eof()
