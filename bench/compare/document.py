"""What was found, as it is written to a file: the machine, the settings, and each round."""

from collections.abc import Sequence
from statistics import median
from typing import Any

import msgspec

CPU = "cpu_ms"
# Whose CPU for a request is divided by whose.
RATIOS = (("service", "floor"), ("resource", "service"), ("aiodynamo", "service"), ("threads", "service"))


class Round(msgspec.Struct, frozen=True, rename="camel"):
    """One slice; milliseconds, bytes, capacity units and calls for each request. None: not told."""

    done: int
    seconds: float
    per_second: float
    cpu_ms: float | None
    database_cpu_ms: float | None
    p50_ms: float
    p99_ms: float
    body_bytes: float
    read_units: float | None
    write_units: float | None
    calls: dict[str, float] | None


class SideRounds(msgspec.Struct, frozen=True, rename="camel"):
    """One side's slices of one kind of work."""

    side: str
    rounds: list[Round]

    def median(self, name: str) -> float | None:
        """Of the rounds; None where one does not tell."""
        values = [getattr(one, name) for one in self.rounds]
        return None if None in values else median(values)

    def calls(self) -> float | None:
        """DynamoDB calls for each request, the median of the rounds."""
        counts = [sum(one.calls.values()) for one in self.rounds if one.calls is not None]
        return median(counts) if counts else None


class WorkPart(msgspec.Struct, frozen=True, rename="camel"):
    """One kind of work. `ratios` compare CPU for each request: of each round, then their median."""

    work: str
    title: str
    ratios: dict[str, float]
    sides: list[SideRounds]


class DatabasePart(msgspec.Struct, frozen=True, rename="camel"):
    """All work while that database answers."""

    against: str
    works: list[WorkPart]


class Document(msgspec.Struct, frozen=True, rename="camel"):
    """The whole file."""

    machine: dict[str, Any]
    versions: dict[str, str]
    settings: dict[str, Any]
    databases: list[DatabasePart]


def ratios_of(sides: Sequence[SideRounds]) -> dict[str, float]:
    """Each round compares slices that were measured one after the other, which a busy machine slows down alike."""
    rounds = {one.side: [each.cpu_ms for each in one.rounds] for one in sides}
    found = {}
    for above, below in RATIOS:
        pairs = zip(rounds.get(above, []), rounds.get(below, []), strict=False)
        values = [one / other for one, other in pairs if one is not None and other]
        if values:
            found[f"{above}/{below}"] = round(median(values), 3)
    return found
