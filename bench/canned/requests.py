"""HTTP requests as they come in: found in the bytes by hand, because this has to cost less than what it measures."""

from typing import NamedTuple

MOST_HEAD_BYTES = 64 * 1024
MOST_BODY_BYTES = 32 * 1024 * 1024
_HEAD_END = b"\r\n\r\n"
_LENGTH = b"\r\ncontent-length:"
_TARGET = b"\r\nx-amz-target:"
_CHUNKED = b"\r\ntransfer-encoding:"
_CLOSE = b"\r\nconnection: close"


class Malformed(Exception):
    """Not a request that is understood here: chunked, too large, or without a number where one belongs."""


class Request(NamedTuple):
    """One request. `target` is X-Amz-Target, empty where there is none; `head` is everything before the empty line."""

    target: bytes
    body: bytes
    head: bytes
    closes: bool


def take(received: bytes) -> tuple[Request, bytes] | None:
    """The first request and what follows it; None while it is not complete. Raises Malformed."""
    head_end = received.find(_HEAD_END)
    if head_end < 0:
        if len(received) > MOST_HEAD_BYTES:
            raise Malformed("the head is too long")
        return None
    head = received[:head_end]
    lower = head.lower()
    start = head_end + len(_HEAD_END)
    end = start + _length(lower)
    if len(received) < end:
        return None
    request = Request(_value(head, lower, _TARGET), received[start:end], head, _CLOSE in lower)
    return request, received[end:]


def _length(lower: bytes) -> int:
    if _CHUNKED in lower:
        raise Malformed("chunked")
    text = _value(lower, lower, _LENGTH) or b"0"
    if not text.isdigit() or len(text) > len(str(MOST_BODY_BYTES)) or int(text) > MOST_BODY_BYTES:
        raise Malformed("the length is not usable")
    return int(text)


def _value(head: bytes, lower: bytes, name: bytes) -> bytes:
    """Of the header `name`, which ends with a colon; empty where it is not there."""
    place = lower.find(name)
    if place < 0:
        return b""
    start = place + len(name)
    end = head.find(b"\r\n", start)
    return head[start : len(head) if end < 0 else end].strip()
