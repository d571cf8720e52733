"""The vault's table as it lies there: what it shows, what a ciphertext is bound to, and what an erasure leaves."""

import asyncio
from base64 import b64decode
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from app.bootstrap.vault import data_keys_of
from app.domain.personal import Birthday, CardNumber, Email, ExternalIdentity, PersonName, Profile, Subject
from app.ports.encryption import Undecryptable
from app.ports.errors import StoreRefused, StoreUnavailable
from app.ports.vault import UserErased
from app.store.vault import DynamoVault
from app.store.vault_codec import wrapped_key
from tests.fakes.master_keys import FakeMasterKeys
from tests.vaults import AMEX, AT, LATER, MASTERCARD, VISA, dump, vault_on

pytestmark = pytest.mark.dynamodb
MakeTable = Callable[[], Awaitable[str]]
PLANTED = ("山田 花子", "Hanako@example.test", "hanako@example.test", "1990-04-01", "sub-of-hanako", VISA, AMEX, "1111")


async def fill(vault: DynamoVault, user: str, *, name: str = "山田 花子") -> None:
    await vault.add_identity(ExternalIdentity("https://i.test", Subject(f"sub-of-{user}")), user_id=user, at=AT)
    profile = Profile(PersonName(name), Email("Hanako@example.test"), Birthday("1990-04-01"))
    await vault.put_profile(user, profile, at=AT)
    for number in (VISA, AMEX):
        await vault.add_card(user, CardNumber(number), card_id=f"card_{user}{number[0]}", at=AT)


async def test_nothing_personal_can_be_read_in_the_table(client: Any, admin: Any, make_vault_table: MakeTable) -> None:
    table = await make_vault_table()
    await fill(vault_on(client, table), "hanako")
    items = await dump(admin, table)
    assert len(items) == 1 + 3 + 2 + 2 * 3, "index key; user; identity, address; cards"
    shown = repr(items)
    for planted in PLANTED:
        assert planted not in shown
        assert repr(planted.encode())[2:-1] not in shown


async def test_numbers_are_kept_only_where_that_is_wanted(client: Any, admin: Any, make_vault_table: MakeTable) -> None:
    table, masters = await make_vault_table(), FakeMasterKeys()
    forgetful = vault_on(client, table, masters, keep_numbers=False)
    await forgetful.add_card("hanako", CardNumber(VISA), card_id="card_a", at=AT)
    keeping = vault_on(client, table, masters)
    again = await keeping.add_card("hanako", CardNumber(VISA), card_id="card_b", at=AT)
    assert again.card.card_id == "card_a"
    assert await keeping.card_number("card_a") is None
    assert [item for item in await dump(admin, table) if "number" in item] == []


async def test_a_ciphertext_that_was_moved_does_not_decrypt(
    client: Any, admin: Any, make_vault_table: MakeTable
) -> None:
    """Each put in the place of each other one: of another attribute, item or user."""
    table, masters = await make_vault_table(), FakeMasterKeys()
    vault = vault_on(client, table, masters)
    for user in ("hanako", "taro"):
        await fill(vault, user, name="the same")
    items = {(item["PK"]["S"], item["SK"]["S"]): item for item in await dump(admin, table)}
    places = [(at, name) for at, item in items.items() for name in item if "B" in item[name] and name != "wrappedKey"]
    assert len(places) == 2 * (1 + 3 + 2 * 2)
    for at, attribute in places:
        for source, other in places:
            if (at, attribute) != (source, other):
                await admin.put_item(TableName=table, Item=items[at] | {attribute: items[source][other]})
                with pytest.raises(Undecryptable):
                    await read_all(vault, at, attribute)
        await admin.put_item(TableName=table, Item=items[at])
    for at, attribute in places:
        await read_all(vault, at, attribute)


async def read_all(vault: DynamoVault, at: tuple[str, str], attribute: str) -> None:
    """What reads that attribute of that item."""
    pk, sk = at
    owner = pk.partition("#")[2]
    match sk, attribute:
        case "IDENTITY", _:
            assert await vault.identity_of(owner)
        case "PROFILE", _:
            assert await vault.profile_of(owner)
        case "CARD", "face":
            assert await vault.card(owner)
        case "CARD", "number":
            assert await vault.card_number(owner)
        case _:
            raise AssertionError(f"nobody reads {attribute} of {sk}")


async def test_a_users_key_is_of_no_use_to_another(client: Any, admin: Any, make_vault_table: MakeTable) -> None:
    table, masters = await make_vault_table(), FakeMasterKeys()
    for user in ("hanako", "taro"):
        await fill(vault_on(client, table, masters), user)
    items = {(item["PK"]["S"], item["SK"]["S"]): item for item in await dump(admin, table)}
    swapped = items["USER#hanako", "KEY"] | {"PK": {"S": "USER#taro"}}
    await admin.put_item(TableName=table, Item=swapped)
    with pytest.raises(Undecryptable):
        await vault_on(client, table, masters).profile_of("taro")


async def test_another_vaults_rows_do_not_decrypt(client: Any, admin: Any, make_vault_table: MakeTable) -> None:
    """With the same master keys, and the user's key copied too."""
    one, other, masters = await make_vault_table(), await make_vault_table(), FakeMasterKeys()
    await fill(vault_on(client, one, masters), "hanako")
    await fill(vault_on(client, other, masters), "taro")
    for item in await dump(admin, one):
        if item["PK"]["S"] == "USER#hanako":
            await admin.put_item(TableName=other, Item=item)
    with pytest.raises(Undecryptable):
        await vault_on(client, other, masters).profile_of("hanako")


async def test_a_table_restored_under_another_name_is_the_same_vault(
    client: Any, admin: Any, make_vault_table: MakeTable
) -> None:
    one, restored, masters = await make_vault_table(), await make_vault_table(), FakeMasterKeys()
    await fill(vault_on(client, one, masters), "hanako")
    for item in await dump(admin, one):
        await admin.put_item(TableName=restored, Item=item)
    vault = vault_on(client, restored, masters)
    assert await vault.profile_of("hanako")
    assert await vault.user_of("https://i.test", "sub-of-hanako") == "hanako"
    assert await vault.card_number("card_hanako4") == CardNumber(VISA)


@pytest.mark.parametrize("cards", [2, 33, 70])
async def test_after_an_erasure_nothing_is_left_that_a_master_key_opens(
    client: Any, admin: Any, make_vault_table: MakeTable, cards: int
) -> None:
    table, masters = await make_vault_table(), FakeMasterKeys()
    vault = vault_on(client, table, masters)
    await fill(vault, "hanako")
    await fill(vault, "taro")
    before = await dump(admin, table)
    for number in range(cards - 2):
        made_up = CardNumber(f"4{number:015d}")
        await vault.add_card("hanako", made_up, card_id=f"card_hanako_{number}", at=AT)
    await vault.erase("hanako", erasure_id="e1", at=LATER)
    left = await dump(admin, table)
    about = [item for item in left if "hanako" in repr(item)]
    assert [set(item) for item in about] == [{"PK", "SK", "erasureId", "erasedAt"}]
    others = [item for item in before if "hanako" not in repr(item)]
    assert sorted(map(repr, others)) == sorted(repr(item) for item in left if item not in about)
    for item in left:
        if "wrappedKey" in item and item["PK"]["S"] != "VAULT":
            assert item["PK"]["S"] == "USER#taro"


async def test_an_erasure_takes_the_key_out_of_memory(client: Any, make_vault_table: MakeTable) -> None:
    """Of this process; with the wrapped key as a backup has it, and nobody there to unwrap it."""
    table, masters = await make_vault_table(), FakeMasterKeys()
    keys = data_keys_of(masters)
    vault = vault_on(client, table, keys=keys)
    await fill(vault, "hanako")
    row = await vault.erasing.users.key_row("hanako")
    kept = wrapped_key(row) if row else None
    assert kept is not None
    masters.down = True
    await keys.cipher("hanako", kept)
    await vault.erase("hanako", erasure_id="e1", at=LATER)
    with pytest.raises(StoreUnavailable):
        await keys.cipher("hanako", kept)


async def test_rows_that_outlive_the_key_are_read_by_nobody(
    client: Any, admin: Any, make_vault_table: MakeTable
) -> None:
    """Put back by hand, as if an erasure had been interrupted, and whole, as if somebody had kept a copy of them."""
    table, masters = await make_vault_table(), FakeMasterKeys()
    vault = vault_on(client, table, masters)
    await fill(vault, "hanako")
    kept = [item for item in await dump(admin, table) if "wrappedKey" not in item]
    await vault.erase("hanako", erasure_id="e1", at=LATER)
    for item in kept:
        await admin.put_item(TableName=table, Item=item)
    assert await vault.card("card_hanako4") is None
    assert await vault.card_number("card_hanako4") is None
    for read in (vault.profile_of, vault.identity_of):
        with pytest.raises(StoreRefused, match="no key"):
            await read("hanako")
    with pytest.raises(UserErased):
        await vault.add_card("hanako", CardNumber(VISA), card_id="card_new", at=LATER)
    await vault.erase("hanako", erasure_id="e2", at=LATER)
    assert await vault.card("card_hanako4") is None
    assert {item["SK"]["S"] for item in await dump(admin, table)} == {"INDEX", "KEY"}


async def test_a_card_without_any_key_is_damage_and_is_told(
    client: Any, admin: Any, make_vault_table: MakeTable
) -> None:
    table, masters = await make_vault_table(), FakeMasterKeys()
    await fill(vault_on(client, table, masters), "hanako")
    await admin.delete_item(TableName=table, Key={"PK": {"S": "USER#hanako"}, "SK": {"S": "KEY"}})
    with pytest.raises(StoreRefused, match="no key"):
        await vault_on(client, table, masters).card("card_hanako4")


async def test_the_index_key_is_made_once(client: Any, admin: Any, make_vault_table: MakeTable) -> None:
    table, masters = await make_vault_table(), FakeMasterKeys()
    vaults = [vault_on(client, table, masters) for _ in range(5)]
    email = Email("same@example.test")
    await asyncio.gather(*(one.put_profile(f"u{n}", Profile(email=email), at=AT) for n, one in enumerate(vaults)))
    for one in vaults:
        assert list(await one.users_with_email(email, limit=9)) == [f"u{n}" for n in range(5)]
    assert len([item for item in await dump(admin, table) if item["PK"]["S"] == "VAULT"]) == 1


async def test_an_empty_vault_knows_nobody_and_makes_nothing(
    client: Any, admin: Any, make_vault_table: MakeTable
) -> None:
    table = await make_vault_table()
    vault = vault_on(client, table)
    assert await vault.user_of("i", "s") is None
    assert list(await vault.users_with_email(Email("a@b.c"), limit=1)) == []
    assert (await vault.profile_of("u"), await vault.card("c"), await vault.erasure_of("u")) == (None, None, None)
    assert await dump(admin, table) == []


async def test_without_master_keys_what_is_indexed_stays_findable_and_what_is_encrypted_waits(
    client: Any, make_vault_table: MakeTable
) -> None:
    table, masters = await make_vault_table(), FakeMasterKeys()
    vault = vault_on(client, table, masters)
    await fill(vault, "hanako")
    other = vault_on(client, table, masters)
    masters.down = True
    assert await vault.user_of("https://i.test", "sub-of-hanako") == "hanako"
    with pytest.raises(StoreUnavailable):
        await other.profile_of("hanako")
    with pytest.raises(StoreUnavailable):
        await vault.put_profile("new", Profile(), at=AT)
    assert (await other.erase("hanako", erasure_id="e1", at=AT)).is_new, "destroying a key needs none"


async def test_a_flipped_bit_is_found(client: Any, admin: Any, make_vault_table: MakeTable) -> None:
    table, masters = await make_vault_table(), FakeMasterKeys()
    vault = vault_on(client, table, masters)
    await vault.add_card("hanako", CardNumber(MASTERCARD), card_id="card_a", at=AT)
    (card,) = [item for item in await dump(admin, table) if item["SK"]["S"] == "CARD"]
    sealed = bytearray(
        card["number"]["B"] if isinstance(card["number"]["B"], bytes) else b64decode(card["number"]["B"])
    )
    sealed[-1] ^= 1
    await admin.put_item(TableName=table, Item=card | {"number": {"B": bytes(sealed)}})
    with pytest.raises(Undecryptable):
        await vault.card_number("card_a")
