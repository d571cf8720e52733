"""Whether the table answers, asked at most once a second however many ask us."""

from collections.abc import Callable

import msgspec

from app.ports.errors import StoreError
from app.store.database import Database
from app.store.wire import GetAnswer, Item, key

_REMEMBER_SECONDS = 1.0
_ANY = msgspec.json.Decoder(GetAnswer[Item])


class Reachability:
    """Reads an item that is not there. `clock` is monotonic, in seconds."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock
        self._asked_at = float("-inf")
        self._reachable = False

    async def check(self) -> bool:
        """True when DynamoDB answered, now or within the last second."""
        if self._clock() - self._asked_at >= _REMEMBER_SECONDS:
            self._asked_at = self._clock()
            self._reachable = await self._ask()
        return self._reachable

    async def _ask(self) -> bool:
        try:
            await self._database.get_item(_ANY, Key=key("HEALTH", "HEALTH"))
        except StoreError:  # the answer to the question, and counted where it arose
            return False
        return True
