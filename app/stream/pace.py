"""How often and how much: of a poller."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Pace:
    """`poll`: seconds to wait when nothing came. `batch`: records asked for at once. `delay`: how late a record may
    appear in the stream. `lease`: how long a shard stays taken after its owner has died. `listing` and `look`: seconds
    between two looks at the stream's shards, and at what is remembered of them. `note`: the longest time for which a
    moving watermark is not saved. `at_once`: shards that are worked on at the same moment."""

    poll: float = 0.1
    batch: int = 1000
    delay: timedelta = timedelta(seconds=1)
    lease: timedelta = timedelta(seconds=10)
    listing: timedelta = timedelta(seconds=10)
    look: float = 1.0
    note: timedelta = timedelta(seconds=1)
    at_once: int = 16
