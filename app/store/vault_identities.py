"""Who users are elsewhere, both ways."""

from dataclasses import dataclass

import msgspec

from app.domain.personal import ExternalIdentity, Subject
from app.ports.vault import Identified, UserIdTaken
from app.store import vault_keys
from app.store.database import Condition, Put
from app.store.vault_codec import IDENTITY, IdentityRow, UserIdRow
from app.store.vault_users import VaultUsers
from app.store.wire import GetAnswer, key, text

_USER_ID = msgspec.json.Decoder(GetAnswer[UserIdRow])
_PARTS = msgspec.json.Decoder(tuple[str, str])
_PURPOSE = "identity"


@dataclass(frozen=True, slots=True)
class VaultIdentities:
    """See the port."""

    users: VaultUsers

    async def user_of(self, issuer: str, subject: str) -> str | None:
        """One GetItem: an erasure takes the item away together with the key."""
        index = await self.users.index.known()
        return None if index is None else await self._user_at(index.blind.of(_PURPOSE, issuer, subject))

    async def identity_of(self, user_id: str) -> ExternalIdentity | None:
        """One Query."""
        person = await self.users.person(user_id)
        if person.identity is None:
            return None
        desk = await self.users.reading(user_id, person.key)
        place = vault_keys.user_pk(user_id), vault_keys.IDENTITY_SK
        issuer, subject = _PARTS.decode(desk.opened(person.identity.identity.B, *place, IDENTITY))
        return ExternalIdentity(issuer, Subject(subject))

    async def add_identity(self, identity: ExternalIdentity, *, user_id: str, at: str) -> Identified:
        """Two reads, one transaction."""
        issuer, subject = identity.issuer, identity.subject.reveal()
        blind = (await self.users.index.made(at)).blind.of(_PURPOSE, issuer, subject)
        pk = vault_keys.user_pk(user_id)

        async def attempt() -> Identified | None:
            known = await self._user_at(blind)
            if known is not None:
                return Identified(known, is_new=known == user_id)
            writing = await self.users.writing(user_id, at)
            if writing.person.identity is not None:
                if blind != writing.person.identity.identityIndex.S:
                    raise UserIdTaken
                return Identified(user_id, is_new=True)  # since the first look, by a call with the same id
            plain = msgspec.json.encode((issuer, subject)).decode()
            person = key(pk, vault_keys.IDENTITY_SK) | {
                IDENTITY: writing.desk.sealed(plain, pk, vault_keys.IDENTITY_SK, IDENTITY),
                "identityIndex": text(blind),
                "createdAt": text(at),
            }
            found = key(vault_keys.identity_pk(blind), vault_keys.IDENTITY_SK) | {"userId": text(user_id)}
            written = await self.users.write(writing, Put(person), Put(found))
            return Identified(user_id, is_new=True) if written else None

        return await self.users.until_done(attempt)

    async def _user_at(self, blind: str) -> str | None:
        place = key(vault_keys.identity_pk(blind), vault_keys.IDENTITY_SK)
        row = (await self.users.database.get_item(_USER_ID, Key=place)).Item
        return row.userId.S if row else None


def is_identity(row: IdentityRow) -> Condition:
    """Holds while it is the one that was read."""
    return Condition("identityIndex = :index", {":index": text(row.identityIndex.S)})
