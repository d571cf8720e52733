"""What is answered: reads as the real database answered them the first time, writes always the same."""

import zlib
from collections import Counter
from dataclasses import dataclass, field

from bench.canned.requests import Request

_API = b"DynamoDB_20120810."
_READS = frozenset(_API + name for name in (b"Query", b"GetItem", b"BatchGetItem", b"TransactGetItems"))
_WRITES = frozenset(_API + name for name in (b"PutItem", b"TransactWriteItems"))
_MOST_REMEMBERED = 20_000
_OK = 200


@dataclass(frozen=True, slots=True)
class Received:
    """The real database's answer. `headers` are those that belong to it, not to its connection."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes


def whole(answer: Received) -> bytes:
    """As it goes over the wire."""
    lines = [b"HTTP/1.1 %d %s" % (answer.status, b"OK" if answer.status == _OK else b"Other")]
    lines += [b"%s: %s" % header for header in answer.headers]
    return b"\r\n".join([*lines, b"Content-Length: %d" % len(answer.body), b"", answer.body])


# What DynamoDB Local answers to a write that says nothing of capacity.
WRITTEN = whole(
    Received(
        _OK,
        (
            (b"Content-Type", b"application/x-amz-json-1.0"),
            (b"x-amzn-RequestId", b"00000000-0000-0000-0000-000000000000"),
            (b"x-amz-crc32", b"%d" % zlib.crc32(b"{}")),
        ),
        b"{}",
    )
)


@dataclass(slots=True)
class Answers:
    """One for the process. `misses` are the calls that the real database had to answer."""

    misses: int = 0
    _calls: Counter[bytes] = field(default_factory=Counter)
    _known: dict[tuple[bytes, bytes], bytes] = field(default_factory=dict)

    def known(self, request: Request) -> bytes | None:
        """The answer, if the real database need not be asked."""
        self._calls[request.target] += 1
        if request.target in _WRITES:
            return WRITTEN
        return self._known.get((request.target, request.body))

    def learn(self, request: Request, answer: Received) -> bytes:
        """What the real database has answered. Only successful reads are remembered, and not without end."""
        self.misses += 1
        wire = whole(answer)
        if request.target in _READS and answer.status == _OK and len(self._known) < _MOST_REMEMBERED:
            self._known[request.target, request.body] = wire
        return wire

    def counts(self) -> dict[str, int]:
        """Calls so far, by operation."""
        return {target.rpartition(b".")[2].decode(): count for target, count in self._calls.items()}
