"""How far an import has come, kept beside the file, so that one that was killed can be gone on with."""

import hashlib
import json
import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import BinaryIO, Self

from app.cli.importing.tally import Tally

_HEAD_BYTES = 64 * 1024


class CannotResume(ValueError):
    """What was begun is not what would be gone on with; the message says what differs."""


@dataclass(frozen=True, slots=True)
class State:
    """Everything up to row `rows` was answered, and its errors are the first `error_bytes` of the error file."""

    head_sha256: str
    head_bytes: int
    converter: str
    url: str
    rows: int
    error_bytes: int
    tally: Tally

    @classmethod
    def begin(cls, file: BinaryIO, *, converter: str, url: str) -> Self:
        """At the first row."""
        digest, size = _head(file, _HEAD_BYTES)
        return cls(digest, size, converter, url, 0, 0, Tally())

    def advanced(self, rows: int, error_bytes: int, tally: Tally) -> Self:
        """After the next rows were answered."""
        return replace(self, rows=rows, error_bytes=error_bytes, tally=tally)

    def check(self, file: BinaryIO, *, converter: str, url: str) -> None:
        """Raises CannotResume unless it was the same file (it may have grown), mapping, key and service."""
        if _head(file, self.head_bytes) != (self.head_sha256, self.head_bytes):
            raise CannotResume("the file is not the one that was begun with")
        if converter != self.converter:
            raise CannotResume("the mapping or the secret key is not the one that was begun with")
        if url != self.url:
            raise CannotResume("the service is not the one that was begun with")


def state_path(path: Path) -> Path:
    """Beside the file."""
    return path.with_name(f"{path.name}.import-state.json")


def load_state(path: Path) -> State | None:
    """None when there is nothing to go on with. Raises CannotResume when the file makes no sense."""
    try:
        found = json.loads(path.read_bytes())
        return State(**{**found, "tally": Tally(**found["tally"])})
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError):
        raise CannotResume(f"{path.name} cannot be understood; delete it to begin anew") from None


def save_state(path: Path, state: State) -> None:
    """All of it or nothing: whoever reads it never sees a half-written one."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_text(json.dumps(asdict(state)))
    os.replace(fresh, path)


def _head(file: BinaryIO, size: int) -> tuple[str, int]:
    file.seek(0)
    head = file.read(size)
    file.seek(0)
    return hashlib.sha256(head).hexdigest(), len(head)
