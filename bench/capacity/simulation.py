"""Partitions as token buckets, second by second, under made-up purchases whose keys are of Zipf's kind.

A purchase takes units of some partitions, of all of them or of none: a throttled index throttles the table. What is not
modelled: adaptive capacity (DynamoDB lets a hot partition use what others leave, and splits it where it can), several
keys on one partition, and clients that try again.
"""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from bench.capacity.inputs import Rules
from bench.capacity.shares import Shares

Needs = Sequence[tuple[str, float]]
"""What one purchase takes: partitions, and write units of each."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Purchases. `hottest`: the partition that refused most, None where none refused any."""

    offered: int
    admitted: int
    throttled: int
    hottest: str | None

    @property
    def throttled_share(self) -> float:
        """0 to 1."""
        return self.throttled / self.offered if self.offered else 0.0


@dataclass(slots=True)
class Partitions:
    """Each gives `units` a second; what it does not use in `burst_seconds` it gives later. 0: nothing is kept."""

    units: float
    burst_seconds: float = 0.0
    _left: dict[str, float] = field(default_factory=dict)
    _refused: dict[str, int] = field(default_factory=dict)

    def second(self) -> None:
        """Another second's units for everyone."""
        most = self.units * (1 + self.burst_seconds)
        self._left = {name: min(most, left + self.units) for name, left in self._left.items()}

    def take(self, needs: Needs) -> bool:
        """All of it, or nothing."""
        for name, units in needs:
            if self._left.setdefault(name, self.units) < units:
                self._refused[name] = self._refused.get(name, 0) + 1
                return False
        for name, units in needs:
            self._left[name] -= units
        return True

    @property
    def hottest(self) -> str | None:
        """The one that refused most."""
        return max(self._refused, key=lambda name: (self._refused[name], name), default=None)


def simulate(seconds: Iterable[Iterable[Needs]], *, rules: Rules, burst_seconds: float = 0.0) -> Outcome:
    """Each element is one second's purchases, in order."""
    partitions = Partitions(rules.partition_writes, burst_seconds)
    offered = admitted = 0
    for purchases in seconds:
        partitions.second()
        for needs in purchases:
            offered += 1
            admitted += partitions.take(needs)
    return Outcome(offered, admitted, offered - admitted, partitions.hottest)


@dataclass(frozen=True, slots=True)
class Traffic:
    """Purchases a second, of keys with these shares, each key over so many shards; `units` of each in its shard."""

    rate: int
    seconds: int
    shares: Shares
    shards: int
    units: float = 1.0


def made(traffic: Traffic, seed: int) -> Iterator[Iterator[Needs]]:
    """The same ones for the same seed."""
    rng = random.Random(seed)  # noqa: S311 - nothing secret
    groups = [max(1, round(group.members)) for group in traffic.shares]
    weights = list(accumulate(group.share * group.members for group in traffic.shares))

    def needs(group: int) -> Needs:
        member = rng.randrange(groups[group]) if groups[group] > 1 else 0
        return ((f"{group}.{member} shard {rng.randrange(traffic.shards)}", traffic.units),)

    for _ in range(traffic.seconds):
        yield map(needs, rng.choices(range(len(groups)), cum_weights=weights, k=traffic.rate))
