"""A user's ledger entries, newest first, over one account or all of them."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain.kickbacks import KickbackType
from app.domain.ledger import Account, LedgerEntry
from app.ports.ledger import Ledger

Before = Mapping[KickbackType, int]
"""For each account the version below which it goes on; 1 where nothing is left of it."""


@dataclass(frozen=True, slots=True)
class LedgerPage:
    """`following` is None when nothing follows.

    It pins every account, also those that have no entry yet: what is written during a walk does not come up in it.
    """

    entries: Sequence[LedgerEntry]
    following: Before | None


async def ledger_page(
    user_id: str, kinds: Sequence[KickbackType], *, limit: int, after: Before | None, ledger: Ledger
) -> LedgerPage:
    """By when they were recorded, then type, then version; an account's own entries always by version.

    `after` is the page before's `following`. One read for each account that is not at its beginning, at once.
    Raises StoreUnavailable.
    """

    async def read(kind: KickbackType) -> list[LedgerEntry]:
        before = after[kind] if after is not None else None
        if before is not None and before <= 1:
            return []
        # One more than the page, to know whether another follows.
        return list(await ledger.newest_first(Account(user_id, kind), limit=limit + 1, before=before))

    left = dict(zip(kinds, await asyncio.gather(*map(read, kinds)), strict=True))
    entries: list[LedgerEntry] = []
    while len(entries) < limit and any(left.values()):
        newest = max((found[0] for found in left.values() if found), key=_order)
        entries.append(left[newest.account.kind].pop(0))
    following = {kind: found[0].version + 1 if found else 1 for kind, found in left.items()}
    return LedgerPage(entries, following if any(left.values()) else None)


def _order(entry: LedgerEntry) -> tuple[str, str]:
    return (entry.recorded_at, entry.account.kind.value)
