"""Token buckets: how often somebody may do something, on average and at once (the generic cell rate algorithm).

Whole numbers only: a token is a million units, so a rate of n tokens a second is n units a microsecond. What is kept of
a bucket is one number: the moment at which it is full again, in microseconds times its rate.
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

_TOKEN = 1_000_000


@dataclass(frozen=True, slots=True)
class Allowance:
    """`rate` tokens a second on average, never more than `burst` at once. Both are 1 or more."""

    rate: int
    burst: int

    @property
    def refill_seconds(self) -> int:
        """How long an empty bucket takes to be full, rounded up."""
        return -(-self.burst // self.rate)


class TokenBuckets:
    """A bucket for each key, all of the same allowance but for those `of` some keys.

    At most `most` are kept. The one that was not used for longest is forgotten first, and a forgotten bucket is a full
    one: most often it is full again anyway. Whoever wants others' or their own bucket forgotten sooner has to use
    `most` other keys within the time it takes to fill; each of these is limited by itself.
    """

    def __init__(self, allowance: Allowance, *, most: int, of: Mapping[str, Allowance] | None = None) -> None:
        self._allowance = allowance
        self._of = of or {}
        self._most = most
        self._full_at: OrderedDict[str, int] = OrderedDict()

    def __len__(self) -> int:
        return len(self._full_at)

    def allowance_of(self, key: str) -> Allowance:
        """Of this key's bucket."""
        return self._of.get(key, self._allowance)

    def take(self, key: str, now_us: int) -> int:
        """0 when a token was taken; else nothing was, and there is one after so many microseconds."""
        allowance = self._of.get(key, self._allowance)
        now = now_us * allowance.rate
        empty = now + allowance.burst * _TOKEN  # a bucket without a token is full again at this moment
        full_at = self._full_at_least(key, now, empty)
        missing = full_at + _TOKEN - empty
        if missing > 0:
            self._keep(key, full_at)
            return -(-missing // allowance.rate)
        self._keep(key, full_at + _TOKEN)
        return 0

    def charge(self, key: str, now_us: int, tokens: int) -> None:
        """Takes so many, or all there are."""
        allowance = self._of.get(key, self._allowance)
        now = now_us * allowance.rate
        empty = now + allowance.burst * _TOKEN
        self._keep(key, min(self._full_at_least(key, now, empty) + tokens * _TOKEN, empty))

    def _full_at_least(self, key: str, now: int, empty: int) -> int:
        """When it is full again: not in the past, and not later than an empty one. (If the clock went back, what was
        kept is later, and nobody shall wait for it to come there again.)"""
        full_at = self._full_at.get(key, now)
        return now if full_at < now else min(full_at, empty)

    def _keep(self, key: str, full_at: int) -> None:
        self._full_at[key] = full_at
        self._full_at.move_to_end(key)
        if len(self._full_at) > self._most:
            self._full_at.popitem(last=False)
