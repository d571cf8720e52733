"""What the projector remembers between batches: which generation is current, how far each stream shard has been
counted, what could not be counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from app.ports.views import Generation


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one stream shard has been counted.

    `source` names the shard's line of descent and `depth` its place in it: the first child of a shard carries its
    parent's line on, so that what a row remembers of it stays small. `position` is the sequence number of the last
    record counted (None: none yet). Everything committed before `watermark` (UTC text) that this shard carries is
    counted. `gap` says why that is not so any more: records were lost before they were read.
    """

    shard_id: str
    source: str
    depth: int
    parent: str | None = None
    position: str | None = None
    watermark: str = ""
    finished: bool = False
    gap: str | None = None
    owner: str | None = None
    owned_until: str = ""


@dataclass(frozen=True, slots=True)
class Parked:
    """A record, or its effect on one row, that can never be counted, kept with its reason."""

    shard_id: str
    sequence: str
    event: str
    row: str
    reason: str
    parked_at: str


@dataclass(frozen=True, slots=True)
class State:
    """Everything at one moment."""

    generation: Generation | None
    progress: Sequence[Progress]


class Projection(Protocol):
    """Every method raises StoreUnavailable."""

    async def state(self) -> State:
        """The current generation and the progress of its shards, strongly consistent."""
        ...

    async def progress(self, number: int) -> Sequence[Progress]:
        """The progress of a generation's shards, current or not, strongly consistent."""
        ...

    async def register(self, number: int, progress: Progress) -> bool:
        """Remembers a shard that is new to a generation. False when it was there already, or when another shard has its
        source and depth: no two may, or the rows would take the records of one for records of the other."""
        ...

    async def claim(self, number: int, shard_id: str, owner: str, *, now: str, until: str) -> Progress | None:
        """Takes or prolongs the lease of a shard that is free, ours or expired; None when it is somebody else's.

        A lease saves double work. It is not what keeps the sums right: the marks in the rows do.
        """
        ...

    async def advance(self, number: int, progress: Progress) -> bool:
        """Remembers position, watermark, finish and gap. False when `progress.owner` no longer has the lease."""
        ...

    async def release(self, number: int, shard_id: str, owner: str) -> None:
        """Gives a lease back, if it is still ours."""
        ...

    async def drop(self, number: int, shard_id: str) -> None:
        """Forgets a shard, if it is there: see app.stream.lines.forgettable. Its place stays taken."""
        ...

    async def park(self, number: int, parked: Parked) -> None:
        """Keeps what cannot be counted. Idempotent."""
        ...

    async def parked(self, number: int) -> Sequence[Parked]:
        """All of a generation."""
        ...

    async def next_number(self) -> int:
        """A number that no generation has had. Never given twice."""
        ...

    async def promote(self, generation: Generation, *, instead_of: int | None) -> bool:
        """Makes it the current one, if the current one still has that number (None: there is none)."""
        ...

    async def forget(self, number: int) -> None:
        """Removes what is remembered about a generation that is not current."""
        ...
