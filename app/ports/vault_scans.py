"""Reading the whole vault, for maintenance: its keys, and what there is beside them. No request leads here."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from app.ports.encryption import WrappedKey


@dataclass(frozen=True, slots=True)
class StoredKey:
    """`user_id` is None for the index key."""

    user_id: str | None
    key: WrappedKey
    created_at: str


class RowKind(StrEnum):
    """What a row of the vault is: a living key (the index key too), what stands for an erased user, or something that
    has to have a living key beside it."""

    KEY = "KEY"
    ERASED = "ERASED"
    PERSONAL = "PERSONAL"


@dataclass(frozen=True, slots=True)
class VaultRow:
    """`master_key` of a KEY; `user_id` is None for the index key."""

    kind: RowKind
    user_id: str | None
    master_key: str | None = None


class VaultScan(Protocol):
    """The table, read in `segments` parts that together are all of it. Raises StoreUnavailable and StoreRefused."""

    @property
    def segments(self) -> int:
        """How many parts."""
        ...

    def keys(self, segment: int) -> AsyncIterator[Sequence[StoredKey]]:
        """The living keys, page by page. One that was made meanwhile may be missing."""
        ...

    def rows(self, segment: int) -> AsyncIterator[Sequence[VaultRow]]:
        """Everything, page by page."""
        ...

    async def have_keys(self, user_ids: Sequence[str]) -> frozenset[str]:
        """Those of the users who have a living key now."""
        ...

    async def stored(self, user_id: str | None) -> StoredKey | None:
        """A living key as it is now; None of who has none."""
        ...

    async def replace(self, before: StoredKey, after: WrappedKey) -> bool:
        """Stores the same key wrapped anew. False if what is there is not `before` any more."""
        ...
