"""Erasing a user: the key, who it is and what is known about it in one transaction, with as many cards as fit; the
other cards after that. They are unreadable from then on, and whoever was interrupted finds them again by the user's own
rows, which are the last to go."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from app.ports.vault import Erasure
from app.store import vault_keys
from app.store.batches import delete_request, write_many
from app.store.database import IS_NEW, Put
from app.store.erasable import Action, Check, Delete
from app.store.vault_codec import UserCardRow, erasure_item, erasure_of
from app.store.vault_identities import is_identity
from app.store.vault_profiles import email_index, email_item_key, is_profile
from app.store.vault_users import Person, VaultUsers, is_key
from app.store.wire import Item, QueryAnswer, key, text

_CARDS = msgspec.json.Decoder(QueryAnswer[UserCardRow])
# A transaction has 100 actions: five about the user, three about each card.
_CARDS_AT_ONCE = 30


@dataclass(frozen=True, slots=True)
class VaultErasing:
    """See the port. `slots` bounds the deletes under way."""

    users: VaultUsers
    slots: asyncio.Semaphore

    async def erasure_of(self, user_id: str) -> Erasure | None:
        """One GetItem."""
        stands = await self.users.key_row(user_id)
        return erasure_of(stands) if stands else None

    async def erase(self, user_id: str, *, erasure_id: str, at: str) -> Erasure:
        """Two Queries, a transaction, and deletes by 25 where there are many cards."""

        async def attempt() -> Erasure | None:
            person = await self.users.person(user_id)
            if person.erasure is not None:
                return person.erasure
            actions = [
                Put(erasure_item(user_id, erasure_id, at), is_key(person.key) if person.key else IS_NEW),
                *_person_actions(user_id, person),
                *[Delete(one) for row in await self._cards(user_id) for one in (*_card_keys(row), _own(user_id, row))],
            ]
            done = await self.users.database.change_together(actions, token=self.users.new_token())
            return Erasure(user_id, erasure_id, at, is_new=True) if done else None

        try:
            erasure = await self.users.until_done(attempt)
        finally:
            self.users.data_keys.forget(user_id)
        await self._clear(user_id)
        return erasure

    async def _clear(self, user_id: str) -> None:
        """Deletes cards that did not fit or were added at the last moment, and whatever else there should not be (as in
        a table that was put together by hand). Nothing is added any more."""
        await self._delete(_person_keys(user_id, await self.users.person(user_id)))
        while rows := await self._cards(user_id):
            await self._delete([one for row in rows for one in _card_keys(row)])
            await self._delete([_own(user_id, row) for row in rows])

    async def _delete(self, item_keys: Sequence[Item]) -> None:
        requests = [delete_request(one) for one in item_keys]
        await write_many(self.users.database, requests, slots=self.slots, backoff=self.users.backoff)

    async def _cards(self, user_id: str) -> Sequence[UserCardRow]:
        answer = await self.users.database.query(
            _CARDS,
            KeyConditionExpression="PK = :pk AND begins_with(SK, :card)",
            ExpressionAttributeValues={
                ":pk": text(vault_keys.user_pk(user_id)),
                ":card": text(vault_keys.CARD_PREFIX),
            },
            ConsistentRead=True,
            Limit=_CARDS_AT_ONCE,
        )
        return answer.Items


def _person_actions(user_id: str, person: Person) -> list[Action]:
    """What was read goes; where there was nothing, there still must be nothing."""
    identity, profile = _identity_key(user_id), _profile_key(user_id)
    unchanged = IS_NEW if person.identity is None else is_identity(person.identity)
    same = IS_NEW if person.profile is None else is_profile(person.profile)
    return [
        Check(identity, unchanged) if person.identity is None else Delete(identity, unchanged),
        Check(profile, same) if person.profile is None else Delete(profile, same),
        *[Delete(one) for one in _index_keys(user_id, person)],
    ]


def _person_keys(user_id: str, person: Person) -> list[Item]:
    """Where all of it is."""
    identity = [_identity_key(user_id)] if person.identity is not None else []
    profile = [_profile_key(user_id)] if person.profile is not None else []
    return [*_index_keys(user_id, person), *identity, *profile]


def _index_keys(user_id: str, person: Person) -> list[Item]:
    """Where the user is found by something else."""
    keys = []
    if person.identity is not None:
        keys.append(key(vault_keys.identity_pk(person.identity.identityIndex.S), vault_keys.IDENTITY_SK))
    address = email_index(person.profile)
    if address is not None:
        keys.append(email_item_key(address, user_id))
    return keys


def _identity_key(user_id: str) -> Item:
    return key(vault_keys.user_pk(user_id), vault_keys.IDENTITY_SK)


def _profile_key(user_id: str) -> Item:
    return key(vault_keys.user_pk(user_id), vault_keys.PROFILE_SK)


def _card_keys(row: UserCardRow) -> tuple[Item, Item]:
    """Where there is something about the card outside its user's partition."""
    token = vault_keys.card_of_sk(row.SK.S)
    return (
        key(vault_keys.card_pk(token), vault_keys.CARD_SK),
        key(vault_keys.number_pk(row.numberIndex.S), vault_keys.NUMBER_SK),
    )


def _own(user_id: str, row: UserCardRow) -> Item:
    return key(vault_keys.user_pk(user_id), row.SK.S)
