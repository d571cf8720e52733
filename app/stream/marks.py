"""How a row remembers the records of one line of shards: by their place in the line, then by sequence number."""

from app.domain.view_rows import Mark

_DEPTH_BYTES = 3
# DynamoDB's sequence numbers have at most 40 digits.
_SEQUENCE_BYTES = 17


def mark_of(depth: int, sequence: str) -> Mark:
    """Byte order is the order of the records: a child's come after all of its parent's, whatever their numbers.

    Raises ValueError for a sequence number that is no number, or too large for one.
    """
    if not (sequence.isascii() and sequence.isdigit() and len(sequence) <= 40):
        raise ValueError("a sequence number has 1 to 40 digits")
    return depth.to_bytes(_DEPTH_BYTES, "big") + int(sequence).to_bytes(_SEQUENCE_BYTES, "big")
