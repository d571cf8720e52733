"""The DataKeys port: keys made here, wrapped and unwrapped by master keys, and remembered for a short time.

Unwrapping costs a call to where the master keys are, so a user's key stays in memory for a minute, and 1,000 of them at
most. Python cannot overwrite what it has freed: a forgotten key may lie in the process's memory until that is used
again.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.crypto.blind_index import HmacIndex
from app.crypto.envelope import KEY_BYTES, PlaceCipher, RandomBytes, envelope
from app.ports.encryption import BlindIndex, Cipher, MasterKeys, Undecryptable, WrappedKey

REMEMBERED_SECONDS = 60
REMEMBERED_KEYS = 1000


@dataclass(frozen=True, slots=True)
class _Remembered:
    key_id: str
    cipher: PlaceCipher
    forgetting: asyncio.TimerHandle


class EnvelopeKeys:
    """See the port. `new_id` names data keys. `remember_seconds` and `remember_keys` bound what is kept unwrapped."""

    def __init__(
        self,
        masters: MasterKeys,
        random: RandomBytes,
        new_id: Callable[[], str],
        *,
        remember_seconds: float = REMEMBERED_SECONDS,
        remember_keys: int = REMEMBERED_KEYS,
    ) -> None:
        self._masters = masters
        self._random = random
        self._new_id = new_id
        self._seconds = remember_seconds
        self._most = remember_keys
        self._remembered: OrderedDict[str, _Remembered] = OrderedDict()
        self._forgotten = 0

    async def newest(self) -> str:
        """See the port."""
        return await self._masters.newest()

    async def make(self, user_id: str) -> WrappedKey:
        """See the port."""
        return await self._make(_context(user_id))

    async def cipher(self, user_id: str, key: WrappedKey) -> Cipher:
        """See the port."""
        known = self._remembered.get(user_id)
        if known is not None and known.key_id == key.key_id:
            return known.cipher
        before = self._forgotten
        cipher = PlaceCipher(envelope(await self._unwrap(_context(user_id), key), self._random))
        if before == self._forgotten:  # else this very user may have been erased meanwhile
            self._remember(user_id, key.key_id, cipher)
        return cipher

    def forget(self, user_id: str) -> None:
        """See the port."""
        self._forgotten += 1
        self._drop(user_id)

    async def make_index_key(self) -> WrappedKey:
        """See the port."""
        return await self._make(_context(None))

    async def index(self, key: WrappedKey) -> BlindIndex:
        """See the port."""
        return HmacIndex(await self._unwrap(_context(None), key))

    async def rewrap(self, user_id: str | None, key: WrappedKey) -> WrappedKey:
        """See the port."""
        context = _context(user_id)
        master_key, wrapped = await self._masters.wrap(await self._unwrap(context, key), context)
        return WrappedKey(key.key_id, master_key, wrapped)

    async def _make(self, context: Mapping[str, str]) -> WrappedKey:
        master_key, wrapped = await self._masters.wrap(self._random(KEY_BYTES), context)
        return WrappedKey(self._new_id(), master_key, wrapped)

    async def _unwrap(self, context: Mapping[str, str], key: WrappedKey) -> bytes:
        plain = await self._masters.unwrap(key.master_key, key.wrapped, context)
        if len(plain) != KEY_BYTES:
            raise Undecryptable("a wrapped key of another length")
        return plain

    def _remember(self, user_id: str, key_id: str, cipher: PlaceCipher) -> None:
        self._drop(user_id)
        if len(self._remembered) >= self._most:
            self._drop(next(iter(self._remembered)))
        timer = asyncio.get_running_loop().call_later(self._seconds, self._drop, user_id)
        self._remembered[user_id] = _Remembered(key_id, cipher, timer)

    def _drop(self, user_id: str) -> None:
        known = self._remembered.pop(user_id, None)
        if known is not None:
            known.forgetting.cancel()


def _context(user_id: str | None) -> Mapping[str, str]:
    """What a wrapped key is bound to. AWS KMS shows it in its log: it must hold nothing personal."""
    return {"purpose": "index"} if user_id is None else {"purpose": "user", "userId": user_id}
