"""The vault when its process ends at any call, and when the database conflicts, throttles, fails, or answers into the
void: whatever was begun is completed by the same call again, and what an erasure has begun can be read by nobody."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import pytest

from app.domain.personal import CardNumber, Email, ExternalIdentity, PersonName, Profile, Subject
from app.ports.errors import StoreUnavailable
from app.ports.vault import Vault
from tests.fakes.master_keys import FakeMasterKeys
from tests.faults.conftest import Connections
from tests.faults.proxy import Fault
from tests.interleaving import Interrupted
from tests.vaults import AT, LATER, VISA, dump, vault_on

pytestmark = pytest.mark.dynamodb
MakeTable = Callable[[], Awaitable[str]]
Step = Callable[[Vault, str], Awaitable[Any]]
# Card by card two more transactions than one can have: an erasure has calls after the one that takes the key.
CARDS = 33


class Died(Exception):
    """Nothing comes after it."""


async def die() -> None:
    raise Died


async def identify(vault: Vault, user: str) -> None:
    await vault.add_identity(ExternalIdentity("i", Subject(f"sub-{user}")), user_id=user, at=AT)


async def put_profile(vault: Vault, user: str) -> None:
    await vault.put_profile(user, Profile(PersonName("花子"), Email("new@example.test")), at=AT)


async def add_card(vault: Vault, user: str) -> None:
    await vault.add_card(user, CardNumber(VISA), card_id=f"card_{user}", at=AT)


async def erase(vault: Vault, user: str) -> None:
    await vault.erase(user, erasure_id="e1", at=LATER)


STEPS: dict[str, Step] = {"identity": identify, "profile": put_profile, "card": add_card, "erasure": erase}


async def prepared(vault: Vault, user: str, step: str) -> None:
    """An address to be changed, and more cards than fit into a transaction."""
    await vault.put_profile(user, Profile(email=Email("old@example.test")), at=AT)
    for number in range(CARDS if step == "erasure" else 1):
        await vault.add_card(user, CardNumber(f"4{number:015d}"), card_id=f"card_{user}_{number}", at=AT)


def shape(items: list[dict[str, Any]], user: str) -> list[str]:
    """Which items there are about a user, and how often each is there."""
    kinds = []
    for item in items:
        texts = [value["S"] for value in item.values() if "S" in value]
        if any(user in text.replace("_", "#").split("#") for text in texts):
            kinds.append(f"{item['PK']['S'].partition('#')[0]} {item['SK']['S'].partition('#')[0]} {len(item)}")
    return sorted(kinds)


@pytest.mark.parametrize("after", [False, True], ids=["before a call", "after a call"])
@pytest.mark.parametrize("name", STEPS)
async def test_whoever_comes_next_completes_it(
    client: Any, admin: Any, make_vault_table: MakeTable, name: str, after: bool
) -> None:
    table, masters = await make_vault_table(), FakeMasterKeys()
    survivor = vault_on(client, table, masters)
    await prepared(survivor, "undisturbed", name)
    await STEPS[name](survivor, "undisturbed")
    wanted = shape(await dump(admin, table), "undisturbed")
    seen = set()
    for at in range(1, 40):
        user = f"user{at}"
        await prepared(survivor, user, name)
        before = shape(await dump(admin, table), user)
        dying = Interrupted(client, at, die, after=after)
        with suppress(Died):  # as it was told to
            await STEPS[name](vault_on(dying, table, masters), user)
        if not dying.was_interrupted:
            break
        left = shape(await dump(admin, table), user)
        if name == "erasure":
            assert left == before or "USER KEY 4" in left, "all of it is there, or the key is not"
            if left != before:
                assert await survivor.profile_of(user) is None
                assert list(await survivor.users_with_email(Email("old@example.test"), limit=99)).count(user) == 0
                assert [await survivor.card(f"card_{user}_{n}") for n in range(CARDS)] == [None] * CARDS
        else:
            assert left in (before, wanted), "all of it or nothing"
        seen.add(left == before)
        for _ in range(2):
            await STEPS[name](survivor, user)
            assert shape(await dump(admin, table), user) == wanted
    assert at > 3
    # The one call of a write that changes something is its last.
    assert seen == ({False, True} if after or name == "erasure" else {True})


@pytest.mark.parametrize("fault", [Fault.CONFLICT, Fault.THROTTLE, Fault.INTERNAL, Fault.LOSE_RESPONSE])
@pytest.mark.parametrize("name", STEPS)
async def test_a_fault_that_passes_is_not_noticed(
    connections: Connections, admin: Any, make_vault_table: MakeTable, name: str, fault: Fault
) -> None:
    """Of a lost answer, the SDK sends the same transaction again, which counts once."""
    table, masters = await make_vault_table(), FakeMasterKeys()
    connections.proxy.reset()
    vault = vault_on(connections.clients[0], table, masters)
    await vault.put_profile("hanako", Profile(email=Email("old@example.test")), at=AT)
    connections.proxy.once("TransactWriteItems", fault)
    await STEPS[name](vault, "hanako")
    assert connections.proxy.fired[fault] == 1
    connections.proxy.reset()
    left = shape(await dump(admin, table), "hanako")
    other = vault_on(connections.clients[1], await make_vault_table(), masters)
    await other.put_profile("hanako", Profile(email=Email("old@example.test")), at=AT)
    await STEPS[name](other, "hanako")
    assert left == shape(await dump(admin, other.erasing.users.database.table), "hanako")


@pytest.mark.parametrize("name", STEPS)
async def test_conflicts_without_end_come_to_one(
    connections: Connections, make_vault_table: MakeTable, name: str
) -> None:
    table = await make_vault_table()
    connections.proxy.reset()
    vault = vault_on(connections.clients[0], table, attempts=3)
    await vault.put_profile("hanako", Profile(), at=AT)
    connections.proxy.decide = lambda operation: Fault.CONFLICT if operation == "TransactWriteItems" else None
    connections.proxy.seen.clear()
    with pytest.raises(StoreUnavailable, match="others are writing"):
        await STEPS[name](vault, "hanako")
    assert connections.proxy.seen["TransactWriteItems"] == 3
    connections.proxy.reset()


async def test_the_address_before_is_not_found_after_a_lost_answer(
    connections: Connections, make_vault_table: MakeTable
) -> None:
    """The caller hears nothing, twice, and sends the same again."""
    vault = vault_on(connections.clients[0], await make_vault_table())
    connections.proxy.reset()
    await vault.put_profile("hanako", Profile(email=Email("old@example.test")), at=AT)
    connections.proxy.once("TransactWriteItems", Fault.LOSE_RESPONSE, Fault.LOSE_RESPONSE)
    with pytest.raises(StoreUnavailable):
        await put_profile(vault, "hanako")
    connections.proxy.reset()
    await put_profile(vault, "hanako")
    assert list(await vault.users_with_email(Email("new@example.test"), limit=9)) == ["hanako"]
    assert list(await vault.users_with_email(Email("old@example.test"), limit=9)) == []
