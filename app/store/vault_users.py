"""What all parts of the vault share: a user's key, and writing under it.

Whatever is written about a user is one transaction with the condition that the key is still the one it was encrypted
under. An erasure takes the key away, so of the two one comes first, and nothing is written after an erasure.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from app.ports.encryption import Cipher, DataKeys, Place, WrappedKey
from app.ports.errors import StoreRefused, StoreUnavailable
from app.ports.vault import Erasure, UserErased
from app.retrying import Backoff
from app.store import vault_keys
from app.store.database import Condition, Put
from app.store.erasable import Action, Check, ErasableDatabase
from app.store.vault_codec import IdentityRow, KeyRow, ProfileRow, binary, erasure_of, key_item, wrapped_key
from app.store.vault_index import VaultIndex
from app.store.wire import GetAnswer, QueryAnswer, Text, key, text

_RAW = msgspec.json.Decoder(QueryAnswer[msgspec.Raw])
_KEY_ITEM = msgspec.json.Decoder(GetAnswer[KeyRow])
_KEY = msgspec.json.Decoder(KeyRow)
_IDENTITY = msgspec.json.Decoder(IdentityRow)
_PROFILE = msgspec.json.Decoder(ProfileRow)
T = TypeVar("T")


class _SortKey(msgspec.Struct):
    SK: Text


_SORT_KEY = msgspec.json.Decoder(_SortKey)


@dataclass(frozen=True, slots=True)
class Person:
    """A user as the table has it. Where there was an erasure, there is nothing else."""

    erasure: Erasure | None = None
    key: WrappedKey | None = None
    identity: IdentityRow | None = None
    profile: ProfileRow | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """Where things about one user are encrypted and decrypted."""

    vault: str
    user_id: str
    cipher: Cipher

    def sealed(self, plain: str, pk: str, sk: str, attribute: str) -> dict[str, str]:
        """The attribute of an item."""
        place = Place(self.vault, pk, sk, attribute, self.user_id)
        return binary(self.cipher.encrypt(plain.encode(), place))

    def opened(self, sealed: bytes, pk: str, sk: str, attribute: str) -> str:
        """Raises Undecryptable."""
        return self.cipher.decrypt(sealed, Place(self.vault, pk, sk, attribute, self.user_id)).decode()


@dataclass(frozen=True, slots=True)
class Writing:
    """A user who can be written about. `under_the_key` is what every transaction about the user begins with."""

    person: Person
    desk: Desk
    under_the_key: Action


@dataclass(frozen=True, slots=True)
class VaultUsers:
    """`backoff` bounds how often a write is decided again, `new_token` names each."""

    database: ErasableDatabase
    data_keys: DataKeys
    index: VaultIndex
    backoff: Backoff
    new_token: Callable[[], str]

    async def person(self, user_id: str) -> Person:
        """One strongly consistent Query, of three items at most."""
        pk = vault_keys.user_pk(user_id)
        first, last = vault_keys.PERSON_RANGE
        answer = await self.database.query(
            _RAW,
            KeyConditionExpression="PK = :pk AND SK BETWEEN :first AND :last",
            ExpressionAttributeValues={":pk": text(pk), ":first": text(first), ":last": text(last)},
            ConsistentRead=True,
        )
        rows = {_SORT_KEY.decode(row).SK.S: row for row in answer.Items}
        of_key, of_identity, of_profile = (
            rows.get(sk) for sk in (vault_keys.KEY_SK, vault_keys.IDENTITY_SK, vault_keys.PROFILE_SK)
        )
        stands = _KEY.decode(of_key) if of_key else None
        return Person(
            erasure=erasure_of(stands) if stands else None,
            key=wrapped_key(stands) if stands else None,
            identity=_IDENTITY.decode(of_identity) if of_identity else None,
            profile=_PROFILE.decode(of_profile) if of_profile else None,
        )

    async def key_row(self, user_id: str) -> KeyRow | None:
        """One GetItem."""
        place = key(vault_keys.user_pk(user_id), vault_keys.KEY_SK)
        return (await self.database.get_item(_KEY_ITEM, Key=place)).Item

    async def reading(self, user_id: str, wrapped: WrappedKey | None) -> Desk:
        """To read what the user's key encrypted."""
        index = await self.index.known()
        if wrapped is None or index is None:
            raise StoreRefused("there is something about a user, and no key for it")
        return Desk(index.vault, user_id, await self.data_keys.cipher(user_id, wrapped))

    async def writing(self, user_id: str, at: str) -> Writing:
        """With a key made now if there is none. Raises UserErased."""
        index = await self.index.made(at)
        person = await self.person(user_id)
        if person.erasure is not None:
            raise UserErased
        wrapped = person.key or await self.data_keys.make(user_id)
        desk = Desk(index.vault, user_id, await self.data_keys.cipher(user_id, wrapped))
        if person.key is None:
            return Writing(person, desk, Put(key_item(user_id, wrapped, at)))
        place = key(vault_keys.user_pk(user_id), vault_keys.KEY_SK)
        return Writing(person, desk, Check(place, is_key(wrapped)))

    async def write(self, writing: Writing, *actions: Action) -> bool:
        """False: read and decide again."""
        return await self.database.change_together((writing.under_the_key, *actions), token=self.new_token())

    async def until_done(self, attempt: Callable[[], Awaitable[T | None]]) -> T:
        """Tries until there is a result. Raises StoreUnavailable after the last try."""
        for number in range(self.backoff.attempts):
            result = await attempt()
            if result is not None:
                return result
            await self.backoff.wait(number)
        raise StoreUnavailable("others are writing about the same user")


def is_key(wrapped: WrappedKey) -> Condition:
    """Holds of a user's key item while it is this key, whatever master key wraps it."""
    return Condition("keyId = :keyId", {":keyId": text(wrapped.key_id)})
