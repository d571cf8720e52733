"""The vault's items, as they are read and written. Renaming an attribute is a migration, and where it is encrypted, the
old name is bound to what was written under it."""

from base64 import b64encode

import msgspec

from app.ports.encryption import WrappedKey
from app.ports.vault import Erasure
from app.store import vault_keys
from app.store.wire import ABSENT, Binary, Item, Number, OptionalText, Text, key, text

NAME, EMAIL, BIRTHDAY = "name", "email", "birthday"
IDENTITY, FACE, CARD_NUMBER = "identity", "face", "number"


class KeyRow(msgspec.Struct):
    """A user's key, or the index key; of an erased user, only when that was and by which request."""

    PK: Text
    keyId: OptionalText = ABSENT
    masterKey: OptionalText = ABSENT
    wrappedKey: Binary | None = None
    createdAt: OptionalText = ABSENT
    erasureId: OptionalText = ABSENT
    erasedAt: OptionalText = ABSENT


class IdentityRow(msgspec.Struct):
    """`identity` is JSON: issuer and subject."""

    identity: Binary
    identityIndex: Text


class ProfileRow(msgspec.Struct):
    """`revision` counts the times it was put."""

    revision: Number
    name: Binary | None = None
    email: Binary | None = None
    birthday: Binary | None = None
    emailIndex: OptionalText = ABSENT


class CardRow(msgspec.Struct):
    """`face` is JSON: brand and last four digits."""

    userId: Text
    face: Binary
    createdAt: Text
    number: Binary | None = None


class UserCardRow(msgspec.Struct):
    """Where else there is something about a user's card."""

    SK: Text
    numberIndex: Text


class UserIdRow(msgspec.Struct):
    """Of an external identity."""

    userId: Text


class NumberRow(msgspec.Struct):
    """Of a user's card."""

    cardId: Text


def binary(value: bytes) -> dict[str, str]:
    """A binary attribute."""
    return {"B": b64encode(value).decode()}


def key_item(user_id: str, wrapped: WrappedKey, created_at: str) -> Item:
    """A user's key."""
    return key(vault_keys.user_pk(user_id), vault_keys.KEY_SK) | _wrapped(wrapped, created_at)


def index_key_item(wrapped: WrappedKey, created_at: str) -> Item:
    """The index key."""
    return key(vault_keys.VAULT_PK, vault_keys.INDEX_SK) | _wrapped(wrapped, created_at)


def _wrapped(one: WrappedKey, created_at: str) -> Item:
    return {
        "keyId": text(one.key_id),
        "masterKey": text(one.master_key),
        "wrappedKey": binary(one.wrapped),
        "createdAt": text(created_at),
    }


def wrapped_key(row: KeyRow) -> WrappedKey | None:
    """None of an erased user."""
    if not isinstance(row.keyId.S, str) or not isinstance(row.masterKey.S, str) or row.wrappedKey is None:
        return None
    return WrappedKey(row.keyId.S, row.masterKey.S, row.wrappedKey.B)


def erasure_item(user_id: str, erasure_id: str, erased_at: str) -> Item:
    """What stands where the user's key was."""
    stands = {"erasureId": text(erasure_id), "erasedAt": text(erased_at)}
    return key(vault_keys.user_pk(user_id), vault_keys.KEY_SK) | stands


def erasure_of(row: KeyRow) -> Erasure | None:
    """None of a user who was not erased."""
    if not isinstance(row.erasedAt.S, str) or not isinstance(row.erasureId.S, str):
        return None
    return Erasure(vault_keys.user_of_pk(row.PK.S), row.erasureId.S, row.erasedAt.S, is_new=False)
