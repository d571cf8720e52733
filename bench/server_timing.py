"""What an answer's Server-Timing says it cost."""

import re
from dataclasses import dataclass

from bench.http_client import Unexpected

_READ = re.compile(rb'rcu;desc="([0-9.e+]+)"')
_WRITE = re.compile(rb'wcu;desc="([0-9.e+]+)"')


@dataclass(frozen=True, slots=True)
class Units:
    """Capacity units of one request."""

    read: float
    written: float


def units_of(header: bytes) -> Units:
    """Raises Unexpected when it does not say what was read; what only reads says nothing of writing."""
    read, written = _READ.search(header), _WRITE.search(header)
    if read is None:
        raise Unexpected(f"an answer does not say what it cost: {header!r}")
    return Units(float(read[1]), float(written[1]) if written else 0.0)
