"""Encryption as the vault needs it: a key for each user, wrapped by a master key, and an index of equal values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from app.ports.errors import StoreRefused


class Undecryptable(StoreRefused):
    """A ciphertext, or a wrapped key, is not what was made here for this place: damaged, moved, or of another key."""


class MasterKeyUnknown(StoreRefused):
    """A data key was wrapped by a master key that is not among ours (any more)."""

    def __init__(self, master_key: str) -> None:
        super().__init__(f"the master key {master_key} is not there")
        self.master_key = master_key


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A data key as it may be stored. `key_id` names the data key itself and stays when another master key wraps it;
    `master_key` names the one it is wrapped by now."""

    key_id: str
    master_key: str
    wrapped: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a ciphertext belongs, and the only place where it decrypts. `vault` is the vault's own id: the name of its
    table changes when a backup is restored."""

    vault: str
    pk: str
    sk: str
    attribute: str
    user_id: str


class MasterKeys(Protocol):
    """Keys that wrap data keys and never leave where they are. `context` is told when a key is wrapped, and the same
    has to be told to unwrap it. All methods raise StoreUnavailable and StoreRefused, and VaultNotConfigured."""

    async def newest(self) -> str:
        """The name of the one that wraps now."""
        ...

    async def wrap(self, key: bytes, context: Mapping[str, str]) -> tuple[str, bytes]:
        """The name of the master key, and the wrapped key."""
        ...

    async def unwrap(self, master_key: str, wrapped: bytes, context: Mapping[str, str]) -> bytes:
        """The key. Raises MasterKeyUnknown, and Undecryptable if it was not wrapped by this one with this context."""
        ...


class Cipher(Protocol):
    """One data key at work."""

    def encrypt(self, plain: bytes, place: Place) -> bytes:
        """Differs from call to call."""
        ...

    def decrypt(self, sealed: bytes, place: Place) -> bytes:
        """Raises Undecryptable."""
        ...


class BlindIndex(Protocol):
    """Finds equal values without showing them, to whoever has the index key."""

    def of(self, purpose: str, *parts: str) -> str:
        """43 characters of `A-Z a-z 0-9 - _`, alike for like parts of one purpose, and for nothing else."""
        ...


class DataKeys(Protocol):
    """The keys that master keys wrap. All methods raise what MasterKeys raise."""

    async def newest(self) -> str:
        """The name of the master key that wraps now."""
        ...

    async def make(self, user_id: str) -> WrappedKey:
        """A new key for a user, who may have none yet."""
        ...

    async def cipher(self, user_id: str, key: WrappedKey) -> Cipher:
        """What a user's key encrypts with. Kept unwrapped in memory for a short time. Raises Undecryptable."""
        ...

    def forget(self, user_id: str) -> None:
        """Takes a user's key out of memory."""
        ...

    async def make_index_key(self) -> WrappedKey:
        """The vault has one."""
        ...

    async def index(self, key: WrappedKey) -> BlindIndex:
        """What the index key makes. Kept in memory."""
        ...

    async def rewrap(self, user_id: str | None, key: WrappedKey) -> WrappedKey:
        """The same key, wrapped by the newest master key. `user_id` is None for the index key."""
        ...
