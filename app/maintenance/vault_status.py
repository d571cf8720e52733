"""Counting what is in the vault: which master keys are still needed, and whether something was left behind."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from app.ports.vault_scans import RowKind, VaultRow, VaultScan

SHOWN_ORPHANS = 20


@dataclass(slots=True)
class VaultStatus:
    """`keys` by the master key that wraps them, the index key among them; `users` have a living key. `orphans`: rows
    whose user has no living key, of which some users are in `orphaned`: an erasure was interrupted, or a restored
    table is not whole."""

    users: int = 0
    erased: int = 0
    keys: Counter[str] = field(default_factory=Counter)
    orphans: int = 0
    orphaned: set[str] = field(default_factory=set)


async def vault_status(scan: VaultScan) -> VaultStatus:
    """Reads the whole table, in bounded memory. What is written meanwhile may be counted or not."""
    status = VaultStatus()
    for segment in range(scan.segments):
        async for page in scan.rows(segment):
            await _count(status, page, scan)
    return status


async def _count(status: VaultStatus, page: Sequence[VaultRow], scan: VaultScan) -> None:
    personal = [row.user_id or "" for row in page if row.kind is RowKind.PERSONAL]
    living = (
        await scan.have_keys(sorted({user_id for user_id in personal if user_id})) if any(personal) else frozenset()
    )
    for row in page:
        match row.kind:
            case RowKind.KEY:
                status.keys[row.master_key or ""] += 1
                status.users += row.user_id is not None
            case RowKind.ERASED:
                status.erased += 1
            case RowKind.PERSONAL if row.user_id not in living:
                status.orphans += 1
                if len(status.orphaned) < SHOWN_ORPHANS:
                    status.orphaned.add(row.user_id or "")


async def erased_users(scan: VaultScan) -> AsyncIterator[Sequence[str]]:
    """Their ids, page by page."""
    for segment in range(scan.segments):
        async for page in scan.rows(segment):
            yield [row.user_id for row in page if row.kind is RowKind.ERASED and row.user_id is not None]
