"""What is known about users, and finding them by their address."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from app.domain.emails import comparable
from app.domain.personal import Birthday, Email, PersonName, Profile
from app.store import vault_keys
from app.store.database import IS_NEW, Condition, Put
from app.store.erasable import ALWAYS, Action, Delete
from app.store.vault_codec import BIRTHDAY, EMAIL, NAME, ProfileRow
from app.store.vault_users import Desk, VaultUsers
from app.store.wire import Binary, Item, QueryAnswer, Text, key, number, text

_PURPOSE = "email"


class _SortKey(msgspec.Struct):
    SK: Text


_FOUND = msgspec.json.Decoder(QueryAnswer[_SortKey])


@dataclass(frozen=True, slots=True)
class VaultProfiles:
    """See the port."""

    users: VaultUsers

    async def profile_of(self, user_id: str) -> Profile | None:
        """One Query."""
        person = await self.users.person(user_id)
        if person.profile is None:
            return None
        return _profile(person.profile, await self.users.reading(user_id, person.key))

    async def put_profile(self, user_id: str, profile: Profile, *, at: str) -> None:
        """One Query, one transaction."""
        blind = (await self.users.index.made(at)).blind
        index = blind.of(_PURPOSE, comparable(profile.email)) if profile.email else None

        async def attempt() -> bool | None:
            writing = await self.users.writing(user_id, at)
            before = writing.person.profile
            put = Put(
                _item(profile, index, writing.desk, at, revision=_revision(before) + 1),
                is_profile(before) if before else IS_NEW,
            )
            return await self.users.write(writing, put, *_index_changes(user_id, email_index(before), index)) or None

        await self.users.until_done(attempt)

    async def users_with_email(self, email: Email, *, limit: int) -> Sequence[str]:
        """One Query: an erasure takes the item away together with the key."""
        index = await self.users.index.known()
        if index is None:
            return ()
        pk = vault_keys.email_pk(index.blind.of(_PURPOSE, comparable(email)))
        answer = await self.users.database.query(
            _FOUND,
            KeyConditionExpression="PK = :pk",
            ExpressionAttributeValues={":pk": text(pk)},
            ConsistentRead=True,
            Limit=limit,
        )
        return tuple(vault_keys.user_of_pk(row.SK.S) for row in answer.Items)


def email_index(row: ProfileRow | None) -> str | None:
    """Under which a user is found by address."""
    return row.emailIndex.S if row is not None and isinstance(row.emailIndex.S, str) else None


def email_item_key(index: str, user_id: str) -> Item:
    """Where a user is found by address."""
    return key(vault_keys.email_pk(index), vault_keys.email_user_sk(user_id))


def is_profile(row: ProfileRow) -> Condition:
    """Holds while it is the one that was read."""
    return Condition("revision = :revision", {":revision": {"N": row.revision.N}})


def _revision(row: ProfileRow | None) -> int:
    return int(row.revision.N) if row else 0


def _index_changes(user_id: str, before: str | None, after: str | None) -> list[Action]:
    if before == after:
        return []
    changes: list[Action] = []
    if before is not None:
        changes.append(Delete(email_item_key(before, user_id)))
    if after is not None:
        changes.append(Put(email_item_key(after, user_id), ALWAYS))
    return changes


def _item(profile: Profile, index: str | None, desk: Desk, at: str, *, revision: int) -> Item:
    pk, sk = vault_keys.user_pk(desk.user_id), vault_keys.PROFILE_SK
    fields = {NAME: profile.name, EMAIL: profile.email, BIRTHDAY: profile.birthday}
    item = key(pk, sk) | {"revision": number(revision), "updatedAt": text(at)}
    item |= {name: desk.sealed(value.reveal(), pk, sk, name) for name, value in fields.items() if value is not None}
    return item if index is None else item | {"emailIndex": text(index)}


def _profile(row: ProfileRow, desk: Desk) -> Profile:
    def opened(sealed: Binary | None, attribute: str) -> str | None:
        if sealed is None:
            return None
        return desk.opened(sealed.B, vault_keys.user_pk(desk.user_id), vault_keys.PROFILE_SK, attribute)

    name, email, birthday = opened(row.name, NAME), opened(row.email, EMAIL), opened(row.birthday, BIRTHDAY)
    return Profile(
        PersonName(name) if name is not None else None,
        Email(email) if email is not None else None,
        Birthday(birthday) if birthday is not None else None,
    )
