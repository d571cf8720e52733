"""The vault's index key: made by whoever writes first, and in memory from then on. Its id is the vault's own."""

from dataclasses import dataclass

import msgspec

from app.ports.encryption import BlindIndex, DataKeys
from app.ports.errors import StoreRefused
from app.store import vault_keys
from app.store.database import Put
from app.store.erasable import ErasableDatabase
from app.store.vault_codec import KeyRow, index_key_item, wrapped_key
from app.store.wire import GetAnswer, key

_KEY = msgspec.json.Decoder(GetAnswer[KeyRow])


@dataclass(frozen=True, slots=True)
class OpenIndex:
    """`vault`: the vault's id."""

    vault: str
    blind: BlindIndex


class VaultIndex:
    """One for the process."""

    def __init__(self, database: ErasableDatabase, data_keys: DataKeys) -> None:
        self._database = database
        self._data_keys = data_keys
        self._open: OpenIndex | None = None

    async def known(self) -> OpenIndex | None:
        """None while nothing was ever written: then there is nothing to be found."""
        if self._open is None:
            place = key(vault_keys.VAULT_PK, vault_keys.INDEX_SK)
            row = (await self._database.get_item(_KEY, Key=place)).Item
            if row is None:
                return None
            wrapped = wrapped_key(row)
            if wrapped is None:
                raise StoreRefused("the vault's index key is not whole")
            self._open = OpenIndex(wrapped.key_id, await self._data_keys.index(wrapped))
        return self._open

    async def made(self, at: str) -> OpenIndex:
        """Made now if need be; of several who make one at once, one is kept."""
        known = await self.known()
        if known is None:
            await self._database.put_if(Put(index_key_item(await self._data_keys.make_index_key(), at)))
            known = await self.known()
        if known is None:
            raise StoreRefused("the vault's index key was taken away")
        return known
