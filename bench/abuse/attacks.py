"""Requests that no honest client sends: too slow, too large, or wrong, each on a connection of its own."""

from dataclasses import dataclass
from enum import StrEnum

_HOST = b"Host: 127.0.0.1\r\n"
_POST = b"POST /transactions HTTP/1.1\r\n" + _HOST + b"Content-Type: application/json\r\n"
_BATCH = b"POST /transactions:batch HTTP/1.1\r\n" + _HOST + b"Content-Type: application/x-ndjson\r\n"
_CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"
_MEGABYTE = b"x" * 1024 * 1024


class Kind(StrEnum):
    """What is wrong with it."""

    SLOW = "slow"
    OVERSIZED = "oversized"
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True)
class Attack:
    """`opening` is sent at once, `piece` again and again after it. One that does not read leaves answers lying, and
    finds out by sending that it was cut."""

    name: str
    kind: Kind
    opening: bytes
    piece: bytes = b""
    pause_seconds: float = 1.0
    reads: bool = True


def _get(path: str, headers: bytes = b"") -> bytes:
    return f"GET {path} HTTP/1.1\r\n".encode() + _HOST + headers + b"\r\n"


def _post(body: bytes, headers: bytes = b"") -> bytes:
    return _POST + b"Content-Length: %d\r\n" % len(body) + headers + b"\r\n" + body


def attacks(token: str) -> tuple[Attack, ...]:
    """Those that would be refused at once without a token have this one, which is good."""
    known = f"Authorization: Bearer {token}\r\n".encode()
    return (*_slow(known), *_oversized(known), *_malformed(known))


def _slow(known: bytes) -> tuple[Attack, ...]:
    slow = Kind.SLOW
    return (
        Attack("says nothing", slow, b""),
        Attack("head byte by byte", slow, b"GET /me HTTP/1.1\r\n" + _HOST + b"x-slow: ", b"a"),
        Attack("body byte by byte", slow, _POST + known + b"Content-Length: 60000\r\n\r\n", b"b"),
        Attack("batch byte by byte", slow, _BATCH + known + _CHUNKED, b"1\r\nc\r\n"),
        Attack("empty lines", slow, b"", b"\r\n"),
        Attack("reads nothing", slow, _get("/static-offline-docs/swagger-ui-bundle.js") * 8, b"\r\n", reads=False),
    )


def _oversized(known: bytes) -> tuple[Attack, ...]:
    oversized, endless = Kind.OVERSIZED, _POST + known + _CHUNKED
    return (
        Attack("body of a megabyte", oversized, _post(_MEGABYTE, known)),
        Attack("body without an end", oversized, endless, b"10000\r\n" + b"x" * 65_536 + b"\r\n", 0.05),
        Attack("head without an end", oversized, b"GET /me HTTP/1.1\r\nx: " + b"a" * 20_000),
        Attack("trailers without an end", oversized, endless, b"0\r\n" + b"a: b\r\n" * 5_000),
        Attack("long path", oversized, _get("/users/" + "a" * 2_000 + "/kickbacks", known)),
        Attack("long query", oversized, _get("/me?" + "a" * 5_000, known)),
        Attack("many headers", oversized, _get("/me", known + b"x: y\r\n" * 500)),
        Attack("many requests at once", oversized, _get("/me", known) * 500),
    )


def _malformed(known: bytes) -> tuple[Attack, ...]:
    malformed = Kind.MALFORMED
    return (
        Attack("no HTTP", malformed, b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03" + b"\x00" * 64),
        Attack("two lengths", malformed, _post(b"{}", b"Content-Length: 3\r\n")),
        Attack("length and chunks", malformed, _post(b"{}", b"Transfer-Encoding: chunked\r\n")),
        Attack("no chunk", malformed, _POST + known + _CHUNKED + b"zz\r\n"),
        Attack("no token", malformed, _get("/users/hanako/kickbacks")),
        Attack("no good token", malformed, _get("/me", b"Authorization: Bearer aaaa.bbbb.cccc\r\n")),
        Attack("no JSON", malformed, _post(b"{" * 60_000, known)),
        Attack("no purchase", malformed, _post(b"[" + b"1," * 30_000 + b"1]", known)),
        Attack("no path", malformed, _get("/nowhere/%00%ff", known)),
    )
