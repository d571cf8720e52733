"""The MasterKeys port in memory."""

import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from app.crypto.envelope import Envelope, bound_to, envelope
from app.ports.encryption import MasterKeyUnknown
from app.ports.errors import StoreUnavailable


def _random_envelope() -> Envelope:
    return envelope(os.urandom(32), os.urandom)


@dataclass(slots=True)
class FakeMasterKeys:
    """See the port. `names` are newest first; a key that is taken out of `keys` is gone."""

    names: list[str] = field(default_factory=lambda: ["m1"])
    keys: dict[str, Envelope] = field(default_factory=lambda: {"m1": _random_envelope()})
    down: bool = False
    calls: Counter[str] = field(default_factory=Counter)

    def add(self, name: str) -> None:
        self.names.insert(0, name)
        self.keys[name] = _random_envelope()

    async def newest(self) -> str:
        self._called("newest")
        return self.names[0]

    async def wrap(self, key: bytes, context: Mapping[str, str]) -> tuple[str, bytes]:
        self._called("wrap")
        return self.names[0], self.keys[self.names[0]].seal(key, _bound(context))

    async def unwrap(self, master_key: str, wrapped: bytes, context: Mapping[str, str]) -> bytes:
        self._called("unwrap")
        if master_key not in self.keys:
            raise MasterKeyUnknown(master_key)
        return self.keys[master_key].open(wrapped, _bound(context))

    def _called(self, operation: str) -> None:
        self.calls[operation] += 1
        if self.down:
            raise StoreUnavailable("the fake is down")


def _bound(context: Mapping[str, str]) -> bytes:
    return bound_to(*(f"{name}={value}" for name, value in sorted(context.items())))
