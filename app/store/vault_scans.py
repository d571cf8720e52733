"""The VaultScan port on DynamoDB."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass

import msgspec

from app.ports.encryption import WrappedKey
from app.ports.errors import StoreRefused
from app.ports.vault_scans import RowKind, StoredKey, VaultRow
from app.retrying import Backoff
from app.store import vault_keys
from app.store.batches import get_many
from app.store.database import Condition, Put
from app.store.erasable import ErasableDatabase
from app.store.scans import scanned
from app.store.vault_codec import KeyRow, binary, index_key_item, key_item, wrapped_key
from app.store.wire import ABSENT, BatchGetAnswer, GetAnswer, Item, OptionalText, QueryAnswer, Text, key, text


class _Row(msgspec.Struct):
    """What says what an item is."""

    PK: Text
    SK: Text
    userId: OptionalText = ABSENT
    masterKey: OptionalText = ABSENT


_KEYS = msgspec.json.Decoder(QueryAnswer[KeyRow])
_ROWS = msgspec.json.Decoder(QueryAnswer[_Row])
_KEY = msgspec.json.Decoder(GetAnswer[KeyRow])
_MANY = msgspec.json.Decoder(BatchGetAnswer[KeyRow])


@dataclass(frozen=True, slots=True)
class DynamoVaultScan:
    """See the port. `slots` bounds the reads of keys under way, `new_token` names each write."""

    database: ErasableDatabase
    segments: int
    slots: asyncio.Semaphore
    backoff: Backoff
    new_token: Callable[[], str]

    async def keys(self, segment: int) -> AsyncIterator[Sequence[StoredKey]]:
        """Only keys are sent; reading costs the same."""
        pages = scanned(
            self.database,
            _KEYS,
            segment,
            self.segments,
            FilterExpression="attribute_exists(wrappedKey)",
        )
        async for page in pages:
            yield [_stored(row) for row in page]

    async def rows(self, segment: int) -> AsyncIterator[Sequence[VaultRow]]:
        """Without what is in them."""
        pages = scanned(self.database, _ROWS, segment, self.segments, ProjectionExpression="PK, SK, userId, masterKey")
        async for page in pages:
            yield [_row(row) for row in page]

    async def have_keys(self, user_ids: Sequence[str]) -> frozenset[str]:
        """BatchGetItem."""
        wanted = [_key_of(user_id) for user_id in user_ids]
        rows = await get_many(self.database, _MANY, wanted, slots=self.slots, backoff=self.backoff, consistent=True)
        return frozenset(vault_keys.user_of_pk(row.PK.S) for row in rows if wrapped_key(row) is not None)

    async def stored(self, user_id: str | None) -> StoredKey | None:
        """GetItem."""
        row = (await self.database.get_item(_KEY, Key=_key_of(user_id))).Item
        return _stored(row) if row is not None and wrapped_key(row) is not None else None

    async def replace(self, before: StoredKey, after: WrappedKey) -> bool:
        """A transaction of one: a plain PutItem does not say that somebody else was writing."""
        item = _item(before.user_id, after, before.created_at)
        unchanged = Condition(
            "keyId = :keyId AND masterKey = :masterKey AND wrappedKey = :wrapped", _values(before.key)
        )
        return await self.database.change_together([Put(item, unchanged)], token=self.new_token())


def _values(wrapped: WrappedKey) -> dict[str, dict[str, str]]:
    return {
        ":keyId": text(wrapped.key_id),
        ":masterKey": text(wrapped.master_key),
        ":wrapped": binary(wrapped.wrapped),
    }


def _key_of(user_id: str | None) -> Item:
    if user_id is None:
        return key(vault_keys.VAULT_PK, vault_keys.INDEX_SK)
    return key(vault_keys.user_pk(user_id), vault_keys.KEY_SK)


def _item(user_id: str | None, wrapped: WrappedKey, created_at: str) -> Item:
    return index_key_item(wrapped, created_at) if user_id is None else key_item(user_id, wrapped, created_at)


def _stored(row: KeyRow) -> StoredKey:
    wrapped = wrapped_key(row)
    if wrapped is None or not isinstance(row.createdAt.S, str):
        raise StoreRefused("a key in the vault is not whole")
    user_id = None if row.PK.S == vault_keys.VAULT_PK else vault_keys.user_of_pk(row.PK.S)
    return StoredKey(user_id, wrapped, row.createdAt.S)


def _row(row: _Row) -> VaultRow:
    user_id = _user_of(row)
    if row.SK.S not in (vault_keys.KEY_SK, vault_keys.INDEX_SK):
        return VaultRow(RowKind.PERSONAL, user_id)
    if isinstance(row.masterKey.S, str):
        return VaultRow(RowKind.KEY, user_id, row.masterKey.S)
    return VaultRow(RowKind.ERASED, user_id)


def _user_of(row: _Row) -> str | None:
    """Each row says it in its key or in an attribute."""
    for named in (row.PK.S, row.SK.S):
        if named.startswith(vault_keys.USER_PREFIX):
            return vault_keys.user_of_pk(named)
    return row.userId.S if isinstance(row.userId.S, str) else None
