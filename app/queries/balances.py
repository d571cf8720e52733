"""What each of a user's accounts holds at an instant."""

import asyncio
from collections.abc import Mapping
from datetime import datetime

from app.domain.kickbacks import KickbackType
from app.domain.ledger import Account
from app.domain.standings import Standing
from app.queries.standings import Standings


async def standings_of_user(
    user_id: str, kind: KickbackType | None, at: datetime | None, *, standings: Standings
) -> Mapping[KickbackType, Standing]:
    """Every account that has entries, or only the one of `kind`; now where `at` is None. Raises StoreUnavailable."""
    if kind is not None:
        standing = await standings.of(Account(user_id, kind), at)
        return {kind: standing} if standing is not None else {}
    heads = await standings.ledger.heads(user_id)
    found = await asyncio.gather(*(standings.behind(head, at) for head in heads.values()))
    return dict(zip(heads, found, strict=True))
