"""Users' keys: each bound to its user, unwrapped for a short time only, and gone from memory when told so."""

import asyncio
import os
from itertools import count

import pytest

from app.crypto.data_keys import EnvelopeKeys
from app.ports.encryption import Place, Undecryptable, WrappedKey
from app.ports.errors import StoreUnavailable
from tests.fakes.master_keys import FakeMasterKeys


def keys_of(masters: FakeMasterKeys, *, seconds: float = 60, most: int = 1000) -> EnvelopeKeys:
    ids = count(1)
    return EnvelopeKeys(masters, os.urandom, lambda: f"k{next(ids)}", remember_seconds=seconds, remember_keys=most)


def place(user: str) -> Place:
    return Place("vault", f"USER#{user}", "PROFILE", "name", user)


async def test_another_process_decrypts_what_one_encrypted() -> None:
    masters = FakeMasterKeys()
    key = await keys_of(masters).make("hanako")
    sealed = (await keys_of(masters).cipher("hanako", key)).encrypt(b"plain", place("hanako"))
    assert (await keys_of(masters).cipher("hanako", key)).decrypt(sealed, place("hanako")) == b"plain"


async def test_no_two_keys_are_alike() -> None:
    keys = keys_of(FakeMasterKeys())
    one, two = await keys.make("hanako"), await keys.make("hanako")
    assert one.key_id != two.key_id
    sealed = (await keys.cipher("hanako", one)).encrypt(b"plain", place("hanako"))
    with pytest.raises(Undecryptable):
        (await keys.cipher("hanako", two)).decrypt(sealed, place("hanako"))


async def test_a_key_is_its_users() -> None:
    keys = keys_of(FakeMasterKeys())
    with pytest.raises(Undecryptable):
        await keys.cipher("taro", await keys.make("hanako"))
    with pytest.raises(Undecryptable):
        await keys.index(await keys.make("hanako"))
    with pytest.raises(Undecryptable):
        await keys.cipher("hanako", await keys.make_index_key())


async def test_a_key_is_unwrapped_once_in_a_while() -> None:
    masters = FakeMasterKeys()
    keys = keys_of(masters, seconds=0.05)
    key = await keys.make("hanako")
    for _ in range(5):
        await keys.cipher("hanako", key)
    assert masters.calls["unwrap"] == 1
    masters.down = True
    await keys.cipher("hanako", key)
    await asyncio.sleep(0.1)
    with pytest.raises(StoreUnavailable):
        await keys.cipher("hanako", key)


async def test_so_many_are_remembered_and_no_more() -> None:
    masters = FakeMasterKeys()
    keys = keys_of(masters, most=2)
    users = {user: await keys.make(user) for user in "abc"}
    for user, key in users.items():
        await keys.cipher(user, key)
    masters.down = True
    await keys.cipher("b", users["b"])
    await keys.cipher("c", users["c"])
    with pytest.raises(StoreUnavailable):
        await keys.cipher("a", users["a"])


async def test_a_forgotten_key_has_to_be_unwrapped_again() -> None:
    masters = FakeMasterKeys()
    keys = keys_of(masters)
    users = {user: await keys.make(user) for user in "ab"}
    for user, key in users.items():
        await keys.cipher(user, key)
    keys.forget("a")
    masters.down = True
    await keys.cipher("b", users["b"])
    with pytest.raises(StoreUnavailable):
        await keys.cipher("a", users["a"])


async def test_a_key_that_is_being_unwrapped_when_it_is_forgotten_is_not_remembered() -> None:
    unwrapping, forgotten = asyncio.Event(), asyncio.Event()

    class Slow(FakeMasterKeys):
        async def unwrap(self, *args: object) -> bytes:
            unwrapping.set()
            await forgotten.wait()
            return await FakeMasterKeys.unwrap(self, *args)  # type: ignore[arg-type]  # passed on as they came

    masters = Slow()
    keys = keys_of(masters)
    key = await keys.make("hanako")
    under_way = asyncio.ensure_future(keys.cipher("hanako", key))
    await unwrapping.wait()
    keys.forget("hanako")
    forgotten.set()
    await under_way
    masters.down = True
    with pytest.raises(StoreUnavailable):
        await keys.cipher("hanako", key)


async def test_a_key_wrapped_anew_is_the_same_key() -> None:
    masters = FakeMasterKeys()
    keys = keys_of(masters)
    key, index_key = await keys.make("hanako"), await keys.make_index_key()
    sealed = (await keys.cipher("hanako", key)).encrypt(b"plain", place("hanako"))
    mark = (await keys.index(index_key)).of("p", "x")
    masters.add("m2")
    anew, index_anew = await keys.rewrap("hanako", key), await keys.rewrap(None, index_key)
    del masters.keys["m1"]
    assert (anew.key_id, anew.master_key, index_anew.master_key) == (key.key_id, "m2", "m2")
    other = keys_of(masters)
    assert (await other.cipher("hanako", anew)).decrypt(sealed, place("hanako")) == b"plain"
    assert (await other.index(index_anew)).of("p", "x") == mark


async def test_a_wrapped_key_of_another_length_is_refused() -> None:
    masters = FakeMasterKeys()
    name, wrapped = await masters.wrap(bytes(16), {"purpose": "user", "userId": "hanako"})
    with pytest.raises(Undecryptable, match="length"):
        await keys_of(masters).cipher("hanako", WrappedKey("k", name, wrapped))


async def test_keys_do_not_show() -> None:
    key = await keys_of(FakeMasterKeys()).make("hanako")
    assert repr(key) == "WrappedKey(key_id='k1', master_key='m1')"
