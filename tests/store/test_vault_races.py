"""Two processes at one user, or at the same keys: each thing one does, whole, between any two calls of the other."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Any

import pytest

from app.bootstrap.vault import data_keys_of
from app.bootstrap.vault_upkeep import vault_scan_of
from app.domain.personal import CardNumber, Email, ExternalIdentity, PersonName, Profile, Subject
from app.maintenance.vault_rotation import rotate
from app.maintenance.vault_status import vault_status
from app.ports.vault import UserErased, UserIdTaken, Vault
from app.settings import Environment, Settings
from app.store.vault_scans import DynamoVaultScan
from tests.fakes.master_keys import FakeMasterKeys
from tests.interleaving import Interrupted
from tests.vaults import AMEX, AT, LATER, VISA, dump, vault_on

pytestmark = pytest.mark.dynamodb
MakeTable = Callable[[], Awaitable[str]]
Write = Callable[[Vault, str], Awaitable[object]]


async def identify(vault: Vault, user: str) -> None:
    await vault.add_identity(ExternalIdentity("i", Subject(f"sub-of-{user}")), user_id=user, at=AT)


async def first_profile(vault: Vault, user: str) -> None:
    await vault.put_profile(user, Profile(PersonName("花子"), Email("old@example.test")), at=AT)


async def next_profile(vault: Vault, user: str) -> None:
    await vault.put_profile(user, Profile(email=Email("new@example.test")), at=AT)


async def add_card(vault: Vault, user: str) -> None:
    await vault.add_card(user, CardNumber(VISA), card_id=f"card_of_{user}", at=AT)


WRITES: dict[str, Write] = {
    "identity": identify,
    "profile": first_profile,
    "another profile": next_profile,
    "card": add_card,
}


async def places() -> AsyncIterator[int]:
    for at in range(1, 40):
        yield at
    raise AssertionError("it never came to an end")


class Died(Exception):
    """Nothing comes after it."""


async def known(vault: Vault, user: str) -> None:
    """So that there is something to change, and to erase."""
    await first_profile(vault, user)
    await vault.add_card(user, CardNumber(AMEX), card_id=f"amex_of_{user}", at=AT)


@pytest.mark.parametrize("before", [True, False], ids=["known", "unknown"])
@pytest.mark.parametrize("name", WRITES)
async def test_an_erasure_in_the_middle_of_a_write_leaves_nothing(
    client: Any, admin: Any, make_vault_table: MakeTable, name: str, before: bool
) -> None:
    table, masters, ends = await make_vault_table(), FakeMasterKeys(), set()
    other = vault_on(client, table, masters)
    async for at in places():
        user = f"user{at}"
        if before:
            await known(other, user)
        between = Interrupted(client, at, lambda user=user: other.erase(user, erasure_id="e1", at=LATER))  # type: ignore[misc]  # bound for this round
        try:
            await WRITES[name](vault_on(between, table, masters), user)
        except UserErased:
            ends.add("refused")
        if not between.was_interrupted:
            break
        left = [item for item in await dump(admin, table) if user in _words(item)]
        assert [item["SK"]["S"] for item in left] == ["KEY"], at
        assert set(left[0]) == {"PK", "SK", "erasureId", "erasedAt"}
    assert at > 3
    assert ends == {"refused"}


def _words(item: dict[str, Any]) -> set[str]:
    """The ids in an item: `user1` is not in `user11`."""
    texts = [value["S"] for value in item.values() if "S" in value]
    return {word for text in texts for part in text.split("#") for word in part.split("_")}


@pytest.mark.parametrize("name", WRITES)
async def test_a_write_in_the_middle_of_an_erasure_leaves_nothing(
    client: Any, admin: Any, make_vault_table: MakeTable, name: str
) -> None:
    table, masters, ends = await make_vault_table(), FakeMasterKeys(), []
    other = vault_on(client, table, masters)
    async for at in places():
        user = f"user{at}"
        await known(other, user)

        async def write(user: str = user) -> None:
            try:
                await WRITES[name](other, user)
                ends.append("written")
            except UserErased:
                ends.append("refused")

        between = Interrupted(client, at, write)
        await vault_on(between, table, masters).erase(user, erasure_id="e1", at=LATER)
        if not between.was_interrupted:
            break
        left = [item for item in await dump(admin, table) if user in _words(item)]
        assert [item["SK"]["S"] for item in left] == ["KEY"], at
    assert set(ends) == {"written", "refused"}


@pytest.mark.parametrize("name", WRITES)
@pytest.mark.parametrize("meanwhile", WRITES)
async def test_two_writes_are_one_after_the_other(
    client: Any, admin: Any, make_vault_table: MakeTable, name: str, meanwhile: str
) -> None:
    table, masters = await make_vault_table(), FakeMasterKeys()
    other = vault_on(client, table, masters)
    async for at in places():
        user = f"user{at}"
        between = Interrupted(client, at, lambda user=user: WRITES[meanwhile](other, user))  # type: ignore[misc]  # bound for this round
        await WRITES[name](vault_on(between, table, masters), user)
        if not between.was_interrupted:
            break
        whole = {sk for one in (name, meanwhile) for sk in _rows_of(one, user)}
        items = [item for item in await dump(admin, table) if user in _words(item)]
        assert {f"{item['PK']['S'].partition('#')[0]} {item['SK']['S']}" for item in items} == whole | {"USER KEY"}
        profile = await other.profile_of(user)
        if profile is not None and profile.email is not None:
            assert user in await other.users_with_email(profile.email, limit=99)


def _rows_of(write: str, user: str) -> set[str]:
    return {
        "identity": {"USER IDENTITY", "IDENTITY IDENTITY"},
        "card": {"CARD CARD", "NUMBER NUMBER", f"USER CARD#card_of_{user}"},
    }.get(write, {"USER PROFILE", f"EMAIL USER#{user}"})


async def test_of_two_identities_for_one_user_one_is_refused(client: Any, make_vault_table: MakeTable) -> None:
    table, masters = await make_vault_table(), FakeMasterKeys()
    other = vault_on(client, table, masters)
    async for at in places():
        user = f"user{at}"
        between = Interrupted(client, at, lambda user=user: identify(other, user))  # type: ignore[misc]  # bound for this round
        another = ExternalIdentity("another", Subject("s"))
        with suppress(UserIdTaken):  # it is, once the other one is there
            await vault_on(between, table, masters).add_identity(another, user_id=user, at=AT)
        if not between.was_interrupted:
            break
        assert await other.identity_of(user) == ExternalIdentity("i", Subject(f"sub-of-{user}"))
    assert at > 3


def scan_on(client: Any, table: str) -> DynamoVaultScan:
    return vault_scan_of(Settings(environment=Environment.LOCAL, vault_table=table), client)


async def test_a_rotation_goes_on_while_others_write_and_erase(client: Any, make_vault_table: MakeTable) -> None:
    """Before each of its calls in turn: a new user, a change of a known one, an erasure."""
    table, masters = await make_vault_table(), FakeMasterKeys()
    other = vault_on(client, table, masters)
    kept = 0
    async for at in places():
        await known(other, f"a{at}")
        await known(other, f"b{at}")
        masters.add(f"m-{at}")

        async def meanwhile(at: int = at) -> None:
            await next_profile(other, f"a{at}")
            await other.erase(f"b{at}", erasure_id="e1", at=LATER)
            await identify(other, f"c{at}")

        between = Interrupted(client, at, meanwhile)
        rotated = await rotate(scan_on(between, table), data_keys_of(masters))
        assert rotated.master_key == f"m-{at}"
        status = await vault_status(scan_on(client, table))
        assert set(status.keys) == {f"m-{at}"}, "all that is there is wrapped by the newest"
        assert status.orphans == 0
        masters.keys = {f"m-{at}": masters.keys[f"m-{at}"]}
        fresh = vault_on(client, table, masters)
        if not between.was_interrupted:
            break
        kept = at
        assert await fresh.profile_of(f"a{at}") == Profile(email=Email("new@example.test"))
        assert await fresh.erasure_of(f"b{at}") is not None, "nobody comes back"
        assert await fresh.user_of("i", f"sub-of-c{at}") == f"c{at}"
        assert await fresh.card(f"amex_of_a{at}") is not None
        for user in (f"a{at}", f"c{at}"):
            await other.erase(user, erasure_id="e2", at=LATER)
    assert kept > 6


async def test_a_rotation_that_was_interrupted_is_completed_by_the_next(
    client: Any, make_vault_table: MakeTable
) -> None:
    table, masters = await make_vault_table(), FakeMasterKeys()
    for number in range(4):
        await known(vault_on(client, table, masters), f"u{number}")

    async def die() -> None:
        raise Died

    seen = set()
    async for at in places():
        masters.add(f"m-{at}")
        between = Interrupted(client, at, die)
        with suppress(Died):  # as it was told to
            await rotate(scan_on(between, table), data_keys_of(masters))
        if not between.was_interrupted:
            break
        status = await vault_status(scan_on(client, table))
        seen.add(len(status.keys))
        rotated = await rotate(scan_on(client, table), data_keys_of(masters))
        assert rotated.rewrapped == 5 - status.keys[f"m-{at}"], "what was done is not done again"
        masters.keys = {f"m-{at}": masters.keys[f"m-{at}"]}
        for number in range(4):
            assert await vault_on(client, table, masters).profile_of(f"u{number}") is not None
    assert seen == {1, 2}, "some ended before all was done"


async def test_two_rotations_at_once_are_one(client: Any, make_vault_table: MakeTable) -> None:
    table, masters = await make_vault_table(), FakeMasterKeys()
    for number in range(3):
        await known(vault_on(client, table, masters), f"u{number}")
    async for at in places():
        masters.add(f"m-{at}")
        between = Interrupted(client, at, lambda: rotate(scan_on(client, table), data_keys_of(masters)))
        await rotate(scan_on(between, table), data_keys_of(masters))
        status = await vault_status(scan_on(client, table))
        assert dict(status.keys) == {f"m-{at}": 4}
        if not between.was_interrupted:
            break
    assert at > 4


async def test_a_process_that_has_not_heard_of_the_newest_key_is_caught_up_with(
    client: Any, make_vault_table: MakeTable
) -> None:
    table, masters = await make_vault_table(), FakeMasterKeys()
    behind = FakeMasterKeys(list(masters.names), masters.keys)
    await known(vault_on(client, table, masters), "first")
    masters.add("m2")

    for at in (1, 3, 4):

        async def late(at: int = at) -> None:
            for number in range(6):
                await known(vault_on(client, table, behind), f"late-{at}-{number}")

        between = Interrupted(client, at, late)
        await rotate(scan_on(between, table), data_keys_of(masters))
        assert set((await vault_status(scan_on(client, table))).keys) == {"m2"}
