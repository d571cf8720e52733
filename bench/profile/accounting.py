"""From what a profiler saw to CPU seconds by part.

A function's own time counts for its part. What belongs to no part (the standard library, built-ins) counts for whoever
called it, in the proportion in which it worked for each.
"""

import cProfile
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bench.profile.packages import Function, Part, part_of

Stats = Mapping[Function, tuple[int, int, float, float, Mapping[Function, tuple[int, int, float, float]]]]
"""As pstats has them: calls (twice), own seconds, seconds, and the same for each caller."""

_CALLS = 20_000


@dataclass(frozen=True, slots=True)
class Overhead:
    """Seconds that the profiler adds for each call: to the function that is called, and to its caller."""

    called: float
    caller: float


def overhead() -> Overhead:
    """Measured here and now, on a function that does nothing."""
    started = time.thread_time()
    _call(_CALLS)
    real = (time.thread_time() - started) / _CALLS
    profile = cProfile.Profile(time.thread_time)
    profile.runcall(_call, _CALLS)
    profile.create_stats()
    stats: Any = profile.stats
    own = {name: seconds / _CALLS for (_, _, name), (_, _, seconds, _, _) in stats.items()}
    return Overhead(max(own["_nothing"] - real / 2, 0.0), max(own["_call"] - real / 2, 0.0))


def own_seconds(stats: Stats, cost: Overhead) -> dict[Function, float]:
    """Of each function, without what the profiler added to it."""
    made: dict[Function, int] = defaultdict(int)
    for _, _, _, _, callers in stats.values():
        for caller, (calls, *_) in callers.items():
            made[caller] += calls
    return {
        function: max(own - calls * cost.called - made[function] * cost.caller, 0.0)
        for function, (_, calls, own, _, _) in stats.items()
    }


def seconds_by_part(stats: Stats, own: Mapping[Function, float]) -> dict[Part, float]:
    """The functions' own seconds, each for its part."""
    found: dict[Part, float] = defaultdict(float)
    shares = _Shares(stats)
    for function, seconds in own.items():
        for part, share in shares.of(function).items():
            found[part] += share * seconds
    return dict(found)


def raw_seconds(stats: Stats) -> float:
    """Own seconds of all functions as the profiler saw them: the rest was spent outside of any."""
    return sum(own for _, _, own, _, _ in stats.values())


class _Shares:
    """How much of a function counts for which part; together 1. Each is worked out once."""

    def __init__(self, stats: Stats) -> None:
        self._stats = stats
        self._known: dict[Function, dict[Part, float]] = {}

    def of(self, function: Function) -> dict[Part, float]:
        if function not in self._known:
            self._known[function] = {Part.SERVER: 1.0}  # for who is called by itself, and by nobody but the event loop
            self._known[function] = self._worked_out(function)
        return self._known[function]

    def _worked_out(self, function: Function) -> dict[Part, float]:
        part = part_of(function)
        if part is not None:
            return {part: 1.0}
        callers = self._stats[function][4] if function in self._stats else {}
        weights = {one: seconds for one, (_, _, seconds, _) in callers.items() if one != function and seconds > 0}
        total = sum(weights.values())
        found: dict[Part, float] = defaultdict(float)
        for caller, seconds in weights.items():
            for of, share in self.of(caller).items():
                found[of] += share * seconds / total
        return dict(found) or {Part.SERVER: 1.0}


def _call(times: int) -> None:
    for _ in range(times):
        _nothing()


def _nothing() -> None:
    pass
