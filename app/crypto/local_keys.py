"""The MasterKeys port on a file of keys. Keys that are added to it, or taken out, count within the second."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

from app.crypto.envelope import Envelope, RandomBytes, bound_to, envelope
from app.crypto.key_file import KeyFileWrong, read_keys
from app.ports.encryption import MasterKeyUnknown

_LABEL = "kickbacks data key"


class LocalKeys:
    """See the port. Reads the file at once. Raises KeyFileWrong."""

    def __init__(self, path: Path, random: RandomBytes) -> None:
        self._path = path
        self._random = random
        self._stamp: tuple[int, ...] = ()
        self._keys: dict[str, Envelope] = {}
        self._refresh()

    async def newest(self) -> str:
        """By the file as it is now: what a forgotten key had wrapped would be lost with it."""
        return next(iter(await asyncio.to_thread(self._refresh)))

    async def wrap(self, key: bytes, context: Mapping[str, str]) -> tuple[str, bytes]:
        """By the file as it is now."""
        name, newest = next(iter((await asyncio.to_thread(self._refresh)).items()))
        return name, newest.seal(key, _bound(name, context))

    async def unwrap(self, master_key: str, wrapped: bytes, context: Mapping[str, str]) -> bytes:
        """Looks at the file only for a key that is not known."""
        master = self._keys.get(master_key) or (await asyncio.to_thread(self._refresh)).get(master_key)
        if master is None:
            raise MasterKeyUnknown(master_key)
        return master.open(wrapped, _bound(master_key, context))

    def _refresh(self) -> dict[str, Envelope]:
        try:
            found = self._path.stat()
        except OSError as error:
            raise KeyFileWrong(f"{self._path} cannot be read: {error.strerror}") from error
        stamp = (found.st_ino, found.st_mtime_ns, found.st_size, found.st_mode)
        if stamp != self._stamp:
            self._keys = {one.name: envelope(one.key, self._random) for one in read_keys(self._path)}
            self._stamp = stamp
        return self._keys


def _bound(master_key: str, context: Mapping[str, str]) -> bytes:
    return bound_to(_LABEL, master_key, *(text for item in sorted(context.items()) for text in item))
