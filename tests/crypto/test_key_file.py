"""The file of master keys: for its owner's eyes, changed by one at a time, and as a whole or not at all."""

import os
import stat
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.crypto import key_file
from app.crypto.key_file import KeyFileBusy, KeyFileWrong, NamedKey, add_key, make_file, read_keys, remove_key

AT = "2026-11-22T03:04:05.000000Z"


def named(name: str) -> NamedKey:
    return NamedKey(name, AT, os.urandom(32))


def names(path: Path) -> list[str]:
    return [one.name for one in read_keys(path)]


def test_the_newest_is_first_and_keys_are_read_back(tmp_path: Path) -> None:
    path, one, two = tmp_path / "deep" / "keys.json", named("one"), named("two")
    add_key(path, one)
    add_key(path, two)
    assert read_keys(path) == (two, one)


def test_it_is_its_owners_alone_from_the_first_moment(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    before = os.umask(0)
    try:
        make_file(path, named("one"))
        add_key(path, named("two"))
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["keys.json"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601, 0o644, 0o777])
def test_what_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "keys.json"
    make_file(path, named("one"))
    path.chmod(mode)
    for attempt in (lambda: read_keys(path), lambda: add_key(path, named("two"))):
        with pytest.raises(KeyFileWrong, match="by others"):
            attempt()
    path.chmod(0o400)
    assert names(path) == ["one"]


def test_a_file_that_is_there_is_never_made_again(tmp_path: Path) -> None:
    path, first = tmp_path / "keys.json", named("one")
    assert make_file(path, first)
    assert not make_file(path, named("two"))
    assert read_keys(path) == (first,)


def test_of_many_who_make_it_one_does(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"

    def make(number: int) -> bool | None:
        try:
            return make_file(path, named(f"k{number}"))
        except KeyFileBusy:
            return None

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(make, range(64)))
    assert made.count(True) == 1
    assert names(path) == [f"k{made.index(True)}"]


def test_who_comes_second_to_make_it_leaves_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other one is faster between looking and making."""
    path, faster, open_new = tmp_path / "keys.json", named("faster"), key_file._made

    def overtaken(new: Path) -> int:
        monkeypatch.setattr(key_file, "_made", open_new)
        assert make_file(path, faster)
        return open_new(new)

    monkeypatch.setattr(key_file, "_made", overtaken)
    assert not make_file(path, named("slower"))
    assert read_keys(path) == (faster,)


def test_no_key_that_was_added_is_lost_to_another_who_adds(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    make_file(path, named("first"))

    def add(number: int) -> str | None:
        try:
            add_key(path, named(f"k{number}"))
        except KeyFileBusy:
            return None
        return f"k{number}"

    with ThreadPoolExecutor(8) as pool:
        added = [one for one in pool.map(add, range(64)) if one]
    assert added
    assert set(names(path)) == {"first", *added}


def test_a_change_that_was_interrupted_is_told_and_leaves_the_file(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    make_file(path, named("one"))
    (tmp_path / "keys.json.new").write_bytes(b"half")
    with pytest.raises(KeyFileBusy, match="Remove it"):
        add_key(path, named("two"))
    assert names(path) == ["one"]


def test_a_change_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "keys.json"
    make_file(path, named("one"))

    def full(_: Any) -> bytes:
        raise OSError("no space left")

    monkeypatch.setattr(key_file, "_encoded", full)
    with pytest.raises(OSError, match="no space"):
        add_key(path, named("two"))
    assert names(path) == ["one"]
    assert [one.name for one in tmp_path.iterdir()] == ["keys.json"]


def test_only_older_keys_are_removed(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    for name in ("one", "two", "three"):
        add_key(path, named(name))
    remove_key(path, "two")
    assert names(path) == ["three", "one"]
    for name in ("three", "two", "none"):
        with pytest.raises(KeyFileWrong, match="no such key"):
            remove_key(path, name)
    assert names(path) == ["three", "one"]


GOOD = {"name": "one", "createdAt": AT, "key": b64encode(bytes(32)).decode()}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b'{"keys": []}',
        b'{"keys": [{}]}',
        *(
            msgspec.json.encode({"keys": [GOOD | change]})
            for change in (
                {"key": "secret-that-is-short"},
                {"key": b64encode(bytes(31)).decode()},
                {"key": b64encode(bytes(33)).decode()},
                {"key": 7},
                {"name": ""},
                {"name": "a b"},
                {"name": "n" * 65},
            )
        ),
        msgspec.json.encode({"keys": [GOOD, GOOD]}),
        b"\xff",
    ],
)
def test_what_is_no_file_of_keys_is_refused_without_showing_it(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "keys.json"
    path.touch(0o600)
    path.write_bytes(content)
    with pytest.raises(KeyFileWrong) as raised:
        read_keys(path)
    assert "secret" not in str(raised.value)
    assert raised.value.__cause__ is None


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(KeyFileWrong, match="No such file"):
        read_keys(tmp_path / "keys.json")


def test_keys_do_not_show() -> None:
    assert repr(NamedKey("one", AT, b"secretsecret")) == f"NamedKey(name='one', created_at='{AT}')"


def test_where_no_file_can_be_made_that_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for attempt in (make_file, add_key):
        with pytest.raises(KeyFileWrong, match="cannot be made"):
            attempt(tmp_path / "file" / "keys.json", named("one"))
