"""Another process's memory."""

from dataclasses import dataclass
from pathlib import Path

from bench.http_client import Unexpected

_KIB = 1024


@dataclass(frozen=True, slots=True)
class Resident:
    """Bytes in memory now, and the most there ever were."""

    now: int
    most: int


def resident(pid: int) -> Resident:
    """Raises Unexpected where it cannot be read: elsewhere than on Linux, or when there is no such process."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError as error:
        raise Unexpected(f"the memory of a process cannot be read: {error}") from error
    lines = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
    return Resident(*(_KIB * int(lines[name].split()[0]) for name in ("VmRSS", "VmHWM")))
