"""Whether a service that works all the time holds more and more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import median

from bench.open_loop import GOOD
from bench.soak.watching import Moment

# Caches fill and memory is taken from the system in the beginning: that part says nothing.
WARM_UP = 1 / 3
MOST_BYTES_PER_MINUTE = 1024 * 1024
MOST_DESCRIPTORS_MORE = 16
MOST_TASKS_MORE = 2
MOST_OBJECTS_PER_REQUEST = 0.1


@dataclass(frozen=True, slots=True)
class Soak:
    """`most` answers a second are the most there can be, `per_second` were asked for, and answered by `statuses`. The
    `moments` of the load in order; `before` and `after` nothing was asked, and no client was connected."""

    most: float
    per_second: float
    before: Moment
    moments: Sequence[Moment]
    after: Moment
    statuses: Mapping[int, int]

    @property
    def bytes_per_minute(self) -> float:
        """The slope of the memory, after the warm-up."""
        first, last = self.moments[0].seconds, self.moments[-1].seconds
        warm = [one for one in self.moments if one.seconds >= first + WARM_UP * (last - first)]
        return 60 * slope([(one.seconds, one.memory_bytes) for one in warm])

    @property
    def objects_per_request(self) -> float:
        """Of Python's, left of each when all is over."""
        return (self.after.held.objects - self.before.held.objects) / max(1, sum(self.statuses.values()))

    @property
    def descriptors_more(self) -> int:
        """Open when all is over."""
        return self.after.descriptors - self.before.descriptors

    @property
    def tasks_more(self) -> int:
        """There when all is over."""
        return self.after.held.tasks - self.before.held.tasks

    def verdicts(self) -> dict[str, bool]:
        """Whether each promise was kept."""
        kib, each = MOST_BYTES_PER_MINUTE // 1024, MOST_OBJECTS_PER_REQUEST
        return {
            f"memory: less than {kib} KiB more a minute": self.bytes_per_minute < MOST_BYTES_PER_MINUTE,
            f"descriptors: at most {MOST_DESCRIPTORS_MORE} more": self.descriptors_more <= MOST_DESCRIPTORS_MORE,
            f"tasks: at most {MOST_TASKS_MORE} more": self.tasks_more <= MOST_TASKS_MORE,
            f"objects: less than {each:g} more for a request": self.objects_per_request < each,
            "nothing that could not be freed": self.after.held.garbage == 0,
            "every request done": set(self.statuses) <= GOOD,
        }


def slope(points: Sequence[tuple[float, float]]) -> float:
    """The median of the slopes between any two (Theil and Sen): one moment that stands out changes nothing. 0 for less
    than two points."""
    slopes = [(b[1] - a[1]) / (b[0] - a[0]) for a, b in combinations(points, 2) if b[0] != a[0]]
    return median(slopes) if slopes else 0.0
