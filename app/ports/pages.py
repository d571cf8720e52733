"""Pages of purchases, newest first, and where to go on from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Document = Mapping[str, object]
"""A purchase as it is sent to clients: camelCase names, amounts as integers, absent fields left out."""

Position = tuple[str, ...]
"""Where the last returned purchase lies. Only the port that made it reads it; text, so that a cursor can carry it."""


@dataclass(frozen=True, slots=True)
class Page:
    """`next_position` is None when nothing follows."""

    documents: Sequence[Document]
    next_position: Position | None
