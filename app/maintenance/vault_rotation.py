"""Wrapping every key of the vault anew, under the newest master key, while others write.

What a key encrypts does not change, so nobody has to wait for anything. Killed at any point, the next run does the
rest. A process that has not heard of the newest master key may wrap a new key by an older one meanwhile: passes are
made until one finds nothing to do.
"""

import asyncio
from dataclasses import dataclass

from app.ports.encryption import DataKeys
from app.ports.errors import StoreUnavailable
from app.ports.vault_scans import StoredKey, VaultScan

PASSES = 5
_TRIES = 5
# Each asks AWS KMS twice, whose answers are wanted by requests too.
_AT_ONCE = 8


@dataclass(slots=True)
class Rotated:
    """`master_key`: the newest, by which all are wrapped now. `rewrapped`: keys that this run wrapped anew, in
    `passes`."""

    master_key: str
    rewrapped: int = 0
    passes: int = 0


async def rotate(scan: VaultScan, data_keys: DataKeys) -> Rotated:
    """Raises StoreUnavailable if keys keep coming that older master keys wrap, and what the ports raise."""
    rotated = Rotated(await data_keys.newest())
    for _ in range(PASSES):
        rotated.passes += 1
        done = await _pass(scan, data_keys, rotated.master_key)
        rotated.rewrapped += done
        if not done:
            return rotated
    raise StoreUnavailable("somebody keeps wrapping by an older master key")


async def _pass(scan: VaultScan, data_keys: DataKeys, newest: str) -> int:
    done = 0
    for segment in range(scan.segments):
        async for page in scan.keys(segment):
            older = [stored for stored in page if stored.key.master_key != newest]
            for start in range(0, len(older), _AT_ONCE):
                some = older[start : start + _AT_ONCE]
                done += sum(await asyncio.gather(*(_rewrap(scan, data_keys, stored, newest) for stored in some)))
    return done


async def _rewrap(scan: VaultScan, data_keys: DataKeys, stored: StoredKey, newest: str) -> bool:
    """False if there was nothing to do, or somebody else did it or erased the user."""
    now: StoredKey | None = stored
    for _ in range(_TRIES):
        if now is None or now.key.master_key == newest:
            return False
        if await scan.replace(now, await data_keys.rewrap(now.user_id, now.key)):
            return True
        now = await scan.stored(stored.user_id)
    raise StoreUnavailable("a key keeps changing")
