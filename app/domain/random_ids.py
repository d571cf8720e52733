"""Ids made here of random bytes: they say nothing about what they name, and nobody can guess one."""

from base64 import b32encode

RANDOM_ID_BYTES = 16


def random_id(prefix: str, random_bytes: bytes) -> str:
    """`{prefix}_` and 26 characters of `a-z 2-7` for 16 random bytes: an id like any other. It is never taken for a
    card number: 26 characters without a gap are more than the 19 digits of the longest."""
    if len(random_bytes) != RANDOM_ID_BYTES:
        raise ValueError("a random id is made of 16 bytes")
    return f"{prefix}_{b32encode(random_bytes).decode().rstrip('=').lower()}"
