"""How many connections there are. Those that are too many are closed at once: none waits for another to end."""

import sys
from collections import Counter

# Descriptors for everything but clients: connections to DynamoDB come on top.
_OWN_DESCRIPTORS = 256
_MOST = 10_000
_WANTED_DESCRIPTORS = 16_384


class Connections:
    """At most `most` at once, and at most `most_of_address` of them from one address; None: as many as there are."""

    def __init__(self, most: int, most_of_address: int | None) -> None:
        self._most = most
        self._most_of_address = most_of_address
        self._of: Counter[str] = Counter()
        self._open = 0

    def opened(self, address: str) -> str | None:
        """None when there is room for it, and then it has to be closed some time; else what there is too much of."""
        if self._open >= self._most:
            return "process"
        if self._most_of_address is not None and self._of[address] >= self._most_of_address:
            return "address"
        self._open += 1
        self._of[address] += 1
        return None

    def closed(self, address: str) -> None:
        """One that there was room for."""
        self._open -= 1
        self._of[address] -= 1
        if not self._of[address]:
            del self._of[address]


def most_connections(database_connections: int) -> int:
    """As many as leave descriptors to the service itself. Asks the system for more descriptors where it allows that."""
    if sys.platform == "win32":
        return _MOST
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < _WANTED_DESCRIPTORS:
        soft = _WANTED_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, _WANTED_DESCRIPTORS)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return min(_MOST, max(1, soft - _OWN_DESCRIPTORS - database_connections))
