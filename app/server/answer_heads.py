"""The head of an answer, written from lines that are known to be clean.

uvicorn looks through each name and value of each answer with two regular expressions, which costs as much as all else
that it does for an answer. Most of our headers are the same in all answers: those are looked through once. What
differs from answer to answer (an id that a client may have sent, a link) is looked through each time, and whatever is
unusual is left to uvicorn, which refuses it or knows what to do with it.
"""

from collections.abc import Iterable
from functools import lru_cache, partial
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HEADER_RE, HEADER_VALUE_RE, STATUS_LINE, RequestResponseCycle

Headers = Iterable[tuple[bytes, bytes]]

_LENGTH = b"content-length"
# Hardly ever the same twice. (A value of any other is remembered in the place of one that was not seen for longer.)
_VARYING = {name: name + b": " for name in (b"x-request-id", b"server-timing", b"location", b"link", b"ratelimit")}
# Those that are not kept, and those that uvicorn has to know of: how the answer ends, and whether the connection does.
_OTHERS = frozenset({*_VARYING, _LENGTH, b"connection", b"transfer-encoding", b"upgrade"})
_KEPT_LINES = 256
# What no value may have in it: the end of a line, and every other control character but the tabulator.
_CONTROLS = bytes([one for one in (*range(0x20), 0x7F) if one != 0x09])
_STARTS = {status: line.removesuffix(b"\r\n") for status, line in STATUS_LINE.items()}
_END = b"\r\n"  # of the last line, and the empty one


class WritingHeads:
    """An application for uvicorn's cycles, whose heads are written here."""

    __slots__ = ("_app",)

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or whatever else a server sends, which goes on as it is."""
        cycle = getattr(send, "__self__", None)
        if isinstance(cycle, RequestResponseCycle):
            send = partial(_send, cycle)
        await self._app(scope, receive, send)


async def _send(cycle: RequestResponseCycle, message: Any) -> None:
    """What the cycle's own `send` does with a head; all else it does itself."""
    if message["type"] == "http.response.start" and _is_usual(cycle):
        head = head_of(message["status"], cycle.default_headers, message.get("headers", ()))
        if head is not None:
            lines, cycle.expected_content_length = head
            cycle.response_started = True
            cycle.waiting_for_100_continue = False
            cycle.chunked_encoding = False
            cycle.transport.write(lines)
            return
    await cycle.send(message)


def _is_usual(cycle: RequestResponseCycle) -> bool:
    """Nothing but the head is to be sent now, and the connection stays."""
    return cycle.keep_alive and not (
        cycle.response_started or cycle.disconnected or cycle.access_log or cycle.flow.write_paused
    )


def head_of(status: int, *headers: Headers) -> tuple[bytes, int] | None:
    """The lines up to the body, and the body's length in bytes. None for headers that uvicorn would refuse, or that
    say something else about the answer's end than its length."""
    try:
        return _head(_STARTS[status], headers)
    except (KeyError, _Unusual):
        return None


def _head(start: bytes, headers: Iterable[Headers]) -> tuple[bytes, int]:
    lines, varying = [start], []
    length = None
    for some in headers:
        for header in some:
            name, value = header
            prefix = _VARYING.get(name)
            if prefix is not None:
                varying.append(value)
                lines.append(prefix + value)
            elif name == _LENGTH and length is None and value.isdigit():
                length = int(value)
                lines.append(b"content-length: " + value)
            else:
                lines.append(_line(header))
    if length is None or not _is_clean(b"".join(varying)):
        raise _Unusual
    lines.append(_END)
    return b"\r\n".join(lines), length


class _Unusual(Exception):
    """Not for us to write."""


def _is_clean(values: bytes) -> bool:
    return len(values.translate(None, _CONTROLS)) == len(values)


@lru_cache(_KEPT_LINES)
def _line(header: tuple[bytes, bytes]) -> bytes:
    """Without its end. Raises _Unusual."""
    name, value = header
    lowered = name.lower()
    if lowered in _OTHERS or HEADER_RE.search(name) or HEADER_VALUE_RE.search(value):
        raise _Unusual
    return b"%b: %b" % (lowered, value)
