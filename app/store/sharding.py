"""Which shard an item goes to. Part of the stored shape: changing the hash is a migration."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b


@dataclass(frozen=True, slots=True)
class ShardCounts:
    """Over how many shards the items of a key are spread: `of` says it for single keys, `default` for all others.

    A count may be raised, never lowered. An item lies in shard hash % n of the count n with which it was written; that
    is less than n, and so less than every count that came after it. Whoever reads shards 0 to count - 1 finds them
    all, whatever they were written with. What is written under a higher count than a reader knows lies partly beyond
    what it reads: while instances with both counts run, the older ones do not show those items.

    A count in `of` that is below the default does nothing: it would hide what the default had spread.
    """

    default: int
    of: Mapping[str, int] = field(default_factory=dict)

    def of_key(self, key: str) -> int:
        """1 or more."""
        return max(self.default, self.of.get(key, 0))


def shard_of(transaction_id: str, shards: int) -> int:
    """0 to shards - 1, evenly spread, the same on every machine."""
    return _number_of(transaction_id) % shards


def shards_of(transaction_id: str, first: int, second: int) -> tuple[int, int]:
    """The same for two counts."""
    number = _number_of(transaction_id)
    return number % first, number % second


def _number_of(transaction_id: str) -> int:
    return int.from_bytes(blake2b(transaction_id.encode(), digest_size=8).digest(), "big")
