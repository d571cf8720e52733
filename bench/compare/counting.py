"""What the canned database has counted."""

from collections import Counter

import msgspec

from bench.http_client import Connection
from bench.load import get_request


class Counts(msgspec.Struct, frozen=True):
    """Calls by operation, and how many of them were not answered from memory."""

    calls: dict[str, int]
    misses: int

    def since(self, before: "Counts") -> "Counts":
        """What came after `before`."""
        return Counts(dict(Counter(self.calls) - Counter(before.calls)), self.misses - before.misses)


async def counts_of(connection: Connection) -> Counts:
    """Until now. Raises Unexpected."""
    return msgspec.json.decode(await connection.ask(get_request("/")), type=Counts)
