"""Which categories have purchases in a month."""

from collections.abc import Iterable
from typing import Protocol


class Categories(Protocol):
    """A register that grows by itself: recording a purchase names its category."""

    async def register(self, month: str, category: str) -> None:
        """Idempotent. Done before a purchase is written, so that none is ever missing. Raises StoreUnavailable."""
        ...

    async def names(self, months: Iterable[str]) -> frozenset[str]:
        """Every category that may have purchases in these months. Raises StoreUnavailable."""
        ...
