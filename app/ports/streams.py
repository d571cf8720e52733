"""The stream of what was added to the facts: shards, each in order, children after their parents."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from app.domain.view_rows import Countable


class Trimmed(Exception):
    """The records asked for were dropped before they were read: the stream keeps them for 24 hours."""


class IteratorExpired(Exception):
    """Open the shard again at the last record that was counted."""


@dataclass(frozen=True, slots=True)
class StreamShard:
    """`parent` may be a shard that the stream no longer knows. `closed`: it gets no more records."""

    shard_id: str
    parent: str | None
    closed: bool


@dataclass(frozen=True, slots=True)
class StreamRecord:
    """What one record says. `at` is the second (UTC text) in which it was committed.

    `figures` is what views need of a new purchase, reversal or ledger entry; None for what no view counts: guards,
    receipts, removals. `poison` is the reason why a record that should have figures cannot be read.
    """

    sequence: str
    event: str
    at: str
    figures: Countable | None
    poison: str | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """`iterator` is where to go on; None when the shard is closed and read to its end."""

    records: Sequence[StreamRecord]
    iterator: str | None


class Stream(Protocol):
    """Every method raises StoreUnavailable."""

    async def shards(self) -> Sequence[StreamShard]:
        """Those that are known now, in no order. A page of the answer may lack a parent or name one that is gone."""
        ...

    async def open(self, shard_id: str, after: str | None) -> str:
        """An iterator behind a sequence number, or at the oldest record. Raises Trimmed."""
        ...

    async def read(self, iterator: str, limit: int) -> Read:
        """The next records; none is not the end. Raises Trimmed, IteratorExpired."""
        ...
