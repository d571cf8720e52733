"""A bounded memory of what was done, oldest forgotten first."""

from collections import OrderedDict
from collections.abc import Hashable


class Recently:
    """Holds the last `size` things added."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._things: OrderedDict[Hashable, None] = OrderedDict()

    def __contains__(self, thing: Hashable) -> bool:
        return thing in self._things

    def add(self, thing: Hashable) -> None:
        """Remembers it, and forgets the oldest beyond the bound."""
        self._things[thing] = None
        if len(self._things) > self._size:
            self._things.popitem(last=False)
