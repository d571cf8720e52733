"""Whether the table answers, asked at most once a second however many ask us."""

from collections.abc import Callable

import msgspec

from app.ports.errors import StoreError
from app.store.database import Database
from app.store.wire import GetAnswer, Item, key

_REMEMBER_SECONDS = 1.0
# When the table is away it is away for all instances. If they all said so at once, a load balancer would have none left
# to send requests to, which an instance that is up answers better: at once, and with when to come again.
_PATIENCE_SECONDS = 30.0
_ANY = msgspec.json.Decoder(GetAnswer[Item])


class Reachability:
    """Reads an item that is not there. `clock` is monotonic, in seconds."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock
        self._asked_at = float("-inf")
        self._silent_since = float("-inf")  # until it has answered once, it counts as having never done so
        self._answers = False

    async def check(self) -> bool:
        """Whether DynamoDB answers, now or within the last second; or has been silent for half a minute at most."""
        if self._clock() - self._asked_at >= _REMEMBER_SECONDS:
            self._asked_at = self._clock()
            answers = await self._ask()
            if self._answers and not answers:
                self._silent_since = self._clock()
            self._answers = answers
        return self._answers or self._clock() - self._silent_since < _PATIENCE_SECONDS

    async def _ask(self) -> bool:
        try:
            await self._database.get_item(_ANY, Key=key("HEALTH", "HEALTH"))
        except StoreError:  # the answer to the question, and counted where it arose
            return False
        return True
