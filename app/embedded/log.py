"""Java's log file: written by Java and its guardian, read by the service."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

_LIMIT: Final = 256 * 1024
_TAIL_LINES: Final = 40


@dataclass(frozen=True, slots=True)
class Log:
    """An open log file."""

    file: IO[bytes]

    def head(self) -> str:
        """Its beginning, where the start is told."""
        return os.pread(self.file.fileno(), _LIMIT, 0).decode(errors="replace")

    def tail(self) -> str:
        """Its last lines, or an empty string once it is closed."""
        if self.file.closed:
            return ""
        descriptor = self.file.fileno()
        start = max(0, os.fstat(descriptor).st_size - _LIMIT)
        text = os.pread(descriptor, _LIMIT, start).decode(errors="replace")
        return "\n".join(text.splitlines()[-_TAIL_LINES:])


@contextlib.contextmanager
def opened_log(folder: Path, *, name: str | None = None) -> Iterator[Log]:
    """A log `name` in `folder`, emptied first; without a name nothing is left of it at the end.

    At the end our descriptor is closed; Java's stays open until it ends.
    """
    path = None if name is None else folder / name
    with tempfile.TemporaryFile(dir=folder) if path is None else path.open("w+b") as file:
        yield Log(file)
