"""What a service takes of the machine."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.http_client import Unexpected
from bench.memory.resident import resident


@dataclass(frozen=True, slots=True)
class Taken:
    """Bytes of memory, the most there ever were, and open descriptors."""

    memory_bytes: int
    descriptors: int

    @classmethod
    def most_of(cls, several: Sequence["Taken"]) -> "Taken":
        """The most of each."""
        return cls(max(one.memory_bytes for one in several), max(one.descriptors for one in several))


def taken_by(pid: int) -> Taken:
    """Raises Unexpected where it cannot be read: elsewhere than on Linux, or when there is no such process."""
    try:
        descriptors = sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())
    except OSError as error:
        raise Unexpected(f"the descriptors of a process cannot be read: {error}") from error
    return Taken(resident(pid).most, descriptors)
