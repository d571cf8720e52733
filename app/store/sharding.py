"""Which shard an item goes to. Part of the stored shape: changing the hash is a migration."""

import hashlib


def shard_of(transaction_id: str, shards: int) -> int:
    """0 to shards - 1, evenly spread, the same on every machine."""
    digest = hashlib.blake2b(transaction_id.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") % shards
