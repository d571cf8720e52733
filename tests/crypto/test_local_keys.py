"""Master keys from a file that changes while it is used."""

import os
from pathlib import Path

import pytest

from app.crypto.key_file import KeyFileWrong, NamedKey, add_key, remove_key
from app.crypto.local_keys import LocalKeys
from app.ports.encryption import MasterKeyUnknown, Undecryptable

AT = "2026-11-22T03:04:05.000000Z"
CONTEXT = {"purpose": "user", "userId": "hanako"}
KEY = bytes(range(32))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    add(tmp_path / "keys.json", "one")
    return tmp_path / "keys.json"


def add(path: Path, name: str) -> None:
    add_key(path, NamedKey(name, AT, os.urandom(32)))


def opened(path: Path) -> LocalKeys:
    return LocalKeys(path, os.urandom)


async def test_another_process_unwraps_what_one_wrapped(path: Path) -> None:
    name, wrapped = await opened(path).wrap(KEY, CONTEXT)
    assert name == "one"
    assert KEY not in wrapped
    assert await opened(path).unwrap(name, wrapped, CONTEXT) == KEY


@pytest.mark.parametrize(
    "context", [{}, {"purpose": "user"}, CONTEXT | {"userId": "taro"}, CONTEXT | {"more": ""}, {"purpose": "index"}]
)
async def test_the_context_must_be_the_same(path: Path, context: dict[str, str]) -> None:
    name, wrapped = await opened(path).wrap(KEY, CONTEXT)
    with pytest.raises(Undecryptable):
        await opened(path).unwrap(name, wrapped, context)


async def test_a_key_wrapped_by_one_is_not_unwrapped_by_another(path: Path) -> None:
    _, wrapped = await opened(path).wrap(KEY, CONTEXT)
    add(path, "two")
    with pytest.raises(Undecryptable):
        await opened(path).unwrap("two", wrapped, CONTEXT)


async def test_a_new_key_wraps_at_once_in_processes_that_run_already(path: Path) -> None:
    running = opened(path)
    before = await running.wrap(KEY, CONTEXT)
    add(path, "two")
    assert await running.newest() == "two"
    after = await running.wrap(KEY, CONTEXT)
    assert (before[0], after[0]) == ("one", "two")
    for name, wrapped in (before, after):
        assert await running.unwrap(name, wrapped, CONTEXT) == KEY


async def test_who_has_not_wrapped_since_unwraps_by_a_new_key_too(path: Path) -> None:
    running = opened(path)
    add(path, "two")
    name, wrapped = await opened(path).wrap(KEY, CONTEXT)
    assert name == "two"
    assert await running.unwrap(name, wrapped, CONTEXT) == KEY


async def test_a_removed_key_is_unknown(path: Path) -> None:
    name, wrapped = await opened(path).wrap(KEY, CONTEXT)
    add(path, "two")
    remove_key(path, "one")
    with pytest.raises(MasterKeyUnknown, match="one"):
        await opened(path).unwrap(name, wrapped, CONTEXT)


async def test_a_file_that_others_can_read_by_now_is_refused(path: Path) -> None:
    running = opened(path)
    os.chmod(path, 0o644)
    with pytest.raises(KeyFileWrong, match="by others"):
        await running.wrap(KEY, CONTEXT)
    os.unlink(path)
    with pytest.raises(KeyFileWrong, match="No such file"):
        await running.newest()
