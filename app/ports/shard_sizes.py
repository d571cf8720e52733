"""How the purchases of a category or card lie in the shards of its key."""

from collections.abc import Sequence
from typing import Protocol

from app.domain.periods import DateRange
from app.ports.timelines import Timeline


class ShardSizes(Protocol):
    """For maintenance; no request of a client leads here."""

    def shards(self, timeline: Timeline) -> int:
        """Over how many shards new purchases are spread now."""
        ...

    async def sizes(self, timeline: Timeline, dates: DateRange) -> Sequence[int]:
        """How many items each shard has, in their order. Costs what reading them all costs. Raises StoreUnavailable."""
        ...
