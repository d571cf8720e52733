"""The file of master keys: JSON, readable by its owner alone, newest key first, never changed in place.

    {"keys": [{"name": "2026-11-22-6b1f09", "createdAt": "2026-11-22T03:04:05.000000Z", "key": "<base64 of 32 bytes>"}]}

A change is written to a second file, which only one can make at a time, and which then takes the place of the first.
"""

import os
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from app.crypto.envelope import KEY_BYTES
from app.ports.errors import StoreRefused

_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")
_OTHERS = 0o077
_MAX_BYTES = 1024 * 1024


class KeyFileWrong(StoreRefused):
    """The file is missing, not only its owner's, or not what it should be. The message names it, and no key."""


class KeyFileBusy(KeyFileWrong):
    """Somebody else is changing the file, or died while doing so."""


@dataclass(frozen=True, slots=True)
class NamedKey:
    """A master key. `created_at`: UTC text with microseconds."""

    name: str
    created_at: str
    key: bytes = field(repr=False)


class _StoredKey(msgspec.Struct, rename="camel"):
    name: str
    created_at: str
    key: str


class _Stored(msgspec.Struct):
    keys: list[_StoredKey]


_FILE = msgspec.json.Decoder(_Stored)


def read_keys(path: Path) -> tuple[NamedKey, ...]:
    """Newest first, at least one. Raises KeyFileWrong."""
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_mode & _OTHERS:
                raise KeyFileWrong(f"{path} can be read by others: chmod 600 it, and think about who has read it")
            content = file.read(_MAX_BYTES)
        keys = tuple(_named(one) for one in _FILE.decode(content).keys)
    except OSError as error:
        raise KeyFileWrong(f"{path} cannot be read: {error.strerror}") from error
    except (msgspec.MsgspecError, ValueError):
        raise KeyFileWrong(f"{path} is not a file of keys") from None  # the cause would show what is in it
    if not keys or len({one.name for one in keys}) != len(keys):
        raise KeyFileWrong(f"{path} has no key, or two of one name")
    return keys


def _named(stored: _StoredKey) -> NamedKey:
    key = b64decode(stored.key, validate=True)
    if len(key) != KEY_BYTES or not _NAME.fullmatch(stored.name):
        raise ValueError("not a key")
    return NamedKey(stored.name, stored.created_at, key)


def make_file(path: Path, first: NamedKey) -> bool:
    """Makes the file with its first key, unless it is there. True if it was made now."""
    if path.exists():
        return False
    made = False

    def content() -> Sequence[NamedKey]:
        nonlocal made
        made = not path.exists()  # somebody may have been faster
        return (first,) if made else read_keys(path)

    _replace(path, content)
    return made


def add_key(path: Path, key: NamedKey) -> None:
    """As the newest; makes the file where there is none. Raises KeyFileWrong."""
    _replace(path, lambda: (key, *(read_keys(path) if path.exists() else ())))


def remove_key(path: Path, name: str) -> None:
    """One that is not the newest. Whether it is still needed is for the caller to know. Raises KeyFileWrong."""

    def others() -> Sequence[NamedKey]:
        newest, *older = read_keys(path)
        if name not in {one.name for one in older}:
            raise KeyFileWrong(f"{path} has no such key, or it is the newest")
        return (newest, *(one for one in older if one.name != name))

    _replace(path, others)


def _replace(path: Path, content: Callable[[], Sequence[NamedKey]]) -> None:
    """`content` is asked while nobody else can change the file."""
    new = path.with_name(path.name + ".new")
    file = _made(new)
    try:
        with os.fdopen(file, "wb") as stream:
            stream.write(_encoded(content()))
            stream.flush()
            os.fsync(stream.fileno())
        new.replace(path)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _made(new: Path) -> int:
    """Open for writing, and its owner's alone. Raises KeyFileBusy where it is there."""
    try:
        _make_folder(new.parent)
        return os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise KeyFileBusy(f"{new} is there: another change is under way. Remove it if it is not") from None
    except OSError as error:
        raise KeyFileWrong(f"{new} cannot be made: {error.strerror}") from error


def _make_folder(folder: Path) -> None:
    """Raises OSError, but not FileExistsError, which is said of the file."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise NotADirectoryError(error.errno, "not a folder") from error


def _encoded(keys: Sequence[NamedKey]) -> bytes:
    stored = _Stored([_StoredKey(one.name, one.created_at, b64encode(one.key).decode()) for one in keys])
    return msgspec.json.format(msgspec.json.encode(stored)) + b"\n"


def _sync_folder(folder: Path) -> None:
    """So that the new name is still there when the power goes."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
