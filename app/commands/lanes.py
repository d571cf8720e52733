"""One writer at a time for each account in this process, so that its writers queue instead of colliding.

Only a saving: what keeps the ledger right is the condition on the entry's version, which also holds between processes.
"""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import AbstractAsyncContextManager

from app.domain.ledger import Account


class _Lane:
    __slots__ = ("lock", "users")

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.users = 0


class Lanes:
    """A lock for each account that somebody is writing to or waiting for; none for the others."""

    def __init__(self) -> None:
        self._lanes: dict[Account, _Lane] = {}

    def hold(self, accounts: Iterable[Account]) -> AbstractAsyncContextManager[None]:
        """All of them, always taken in the same order so that two holders cannot wait for each other."""
        return _Hold(self, sorted(set(accounts)))

    async def enter(self, account: Account) -> None:
        """Waits for the lane. For `hold`."""
        lane = self._lanes.get(account)
        if lane is None:
            lane = self._lanes[account] = _Lane()
        lane.users += 1
        try:
            await lane.lock.acquire()
        except asyncio.CancelledError:  # whoever gives up waiting
            self._leave(account)
            raise

    def release(self, account: Account) -> None:
        """Gives the lane to the next. For `hold`."""
        self._lanes[account].lock.release()
        self._leave(account)

    def _leave(self, account: Account) -> None:
        lane = self._lanes[account]
        lane.users -= 1
        if lane.users == 0:
            del self._lanes[account]

    def __len__(self) -> int:
        return len(self._lanes)


class _Hold:
    """A class rather than a generator: every purchase goes through one."""

    def __init__(self, lanes: Lanes, accounts: Sequence[Account]) -> None:
        self._lanes = lanes
        self._accounts = accounts
        self._held = 0

    async def __aenter__(self) -> None:
        try:
            for account in self._accounts:
                await self._lanes.enter(account)
                self._held += 1
        except BaseException:  # as there is no exit then
            self._release()
            raise

    async def __aexit__(self, *_: object) -> None:
        self._release()

    def _release(self) -> None:
        for account in reversed(self._accounts[: self._held]):
            self._lanes.release(account)
