"""Which categories and cards take how much of a month, and whether their shards can take it: pure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from app.domain.periods import Period, start_of_day
from app.ports.timelines import Timeline

MOST_SHARDS = 100
"""A shard's name has two digits."""
_DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What a month's number of purchases does not say.

    `peak_factor`: how many times the month's mean the busiest second is. `purchase_units`: write units that a purchase
    takes of its shard; an index takes one for each started kilobyte, so an ordinary purchase 1 and the largest 4.
    `partition_units`: what DynamoDB gives one partition in a second.
    """

    peak_factor: float = 10.0
    purchase_units: float = 3.0
    partition_units: float = 1000.0


@dataclass(frozen=True, slots=True)
class KeyLoad:
    """A category or card: its purchases of the month, and the shards that new ones are spread over."""

    timeline: Timeline
    purchases: int
    shards: int


@dataclass(frozen=True, slots=True)
class KeySkew:
    """`share` of all purchases, 0 to 1. `shard_units`: write units a second of one shard at peak. `raise_to`: with so
    many shards each stays below half of what a partition takes; None where it does so already."""

    load: KeyLoad
    share: float
    shard_units: float
    raise_to: int | None

    @property
    def advice(self) -> str:
        """What to do about it."""
        if self.raise_to is None:
            return "fine"
        if self.raise_to <= MOST_SHARDS:
            return f"raise to {self.raise_to}"
        return f"needs {self.raise_to}, and {MOST_SHARDS} are the most"


def skews(loads: Iterable[KeyLoad], seconds: int, assumed: Assumptions, *, top: int) -> list[KeySkew]:
    """The `top` keys of one subject with most purchases. `loads` are all of its keys, `seconds` what the month has had
    so far."""
    known = sorted((one for one in loads if one.purchases > 0), key=lambda one: (-one.purchases, one.timeline.key))
    total = sum(one.purchases for one in known)
    return [_skew(one, total, seconds, assumed) for one in known[:top]]


def _skew(load: KeyLoad, total: int, seconds: int, assumed: Assumptions) -> KeySkew:
    units = load.purchases / seconds * assumed.peak_factor * assumed.purchase_units
    half = assumed.partition_units / 2
    raise_to = None if units / load.shards < half else _power_of_two(lambda shards: units / shards < half)
    return KeySkew(load, load.purchases / total, units / load.shards, raise_to)


def _power_of_two(enough: Callable[[int], bool]) -> int:
    count = 1
    while not enough(count):
        count *= 2
    return count


def seconds_so_far(month: Period, now: datetime, zone: tzinfo) -> int:
    """How much of the month has passed in the business time zone: at least a day of it, so that its first purchases
    are not taken for a flood, and at most all of it."""
    start, end = start_of_day(month.first, zone), start_of_day(month.last + timedelta(days=1), zone)
    return max(_DAY_SECONDS, int((min(now, end) - start).total_seconds()))


def spread(sizes: Iterable[int]) -> float | None:
    """The fullest shard beside the mean: 1 is even. None where there is nothing."""
    counts = list(sizes)
    return max(counts) * len(counts) / sum(counts) if sum(counts) else None
