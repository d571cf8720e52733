"""A body of JSON Lines, cut into lines as it arrives. A line is never longer in memory than it may be."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

MAX_LINE_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Line:
    """`number` counts from 1. `content` is None when the line was too long."""

    number: int
    content: bytes | None


async def windows_of_lines(chunks: AsyncIterator[bytes], *, size: int) -> AsyncIterator[list[Line]]:
    """The lines of what has arrived, at most `size` at a time, without waiting for more."""
    splitter = _Splitter()
    async for chunk in chunks:
        lines = splitter.feed(chunk)
        for start in range(0, len(lines), size):
            yield lines[start : start + size]
    last = splitter.finish()
    if last is not None:
        yield [last]


class _Splitter:
    def __init__(self) -> None:
        self._rest = bytearray()
        self._overlong = False
        self._count = 0

    def feed(self, chunk: bytes) -> list[Line]:
        """The lines that this chunk completes."""
        *complete, rest = chunk.split(b"\n")
        lines = []
        for part in complete:
            self._append(part)
            lines.append(self._take())
        self._append(rest)
        return lines

    def finish(self) -> Line | None:
        """What stands behind the last line feed, if anything."""
        return self._take() if self._rest or self._overlong else None

    def _append(self, part: bytes) -> None:
        if self._overlong or len(self._rest) + len(part) > MAX_LINE_BYTES + 1:  # a carriage return may follow
            self._overlong = True
            self._rest.clear()
        else:
            self._rest += part

    def _take(self) -> Line:
        self._count += 1
        content = bytes(self._rest).removesuffix(b"\r")
        overlong = self._overlong or len(content) > MAX_LINE_BYTES
        self._rest.clear()
        self._overlong = False
        return Line(self._count, None if overlong else content)
