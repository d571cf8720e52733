"""One writer at a time for each account in this process, so that its writers queue instead of colliding.

Only a saving: what keeps the ledger right is the condition on the entry's version, which also holds between processes.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from app.domain.ledger import Account


@dataclass(slots=True)
class _Lane:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    users: int = 0


class Lanes:
    """A lock for each account that somebody is writing to or waiting for; none for the others."""

    def __init__(self) -> None:
        self._lanes: dict[Account, _Lane] = {}

    @asynccontextmanager
    async def hold(self, accounts: Iterable[Account]) -> AsyncIterator[None]:
        """All of them, always taken in the same order so that two holders cannot wait for each other."""
        async with AsyncExitStack() as held:
            for account in sorted(set(accounts), key=lambda one: (one.user_id, one.kind)):
                await held.enter_async_context(self._hold_one(account))
            yield

    @asynccontextmanager
    async def _hold_one(self, account: Account) -> AsyncIterator[None]:
        lane = self._lanes.setdefault(account, _Lane())
        lane.users += 1
        try:
            async with lane.lock:
                yield
        finally:
            lane.users -= 1
            if lane.users == 0:
                del self._lanes[account]

    def __len__(self) -> int:
        return len(self._lanes)
