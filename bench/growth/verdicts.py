"""Whether a cost stays as it is or grows with what is returned: pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

FLAT_RATIO = 1.2
LINEAR_DEVIATION = 0.2


class Expected(StrEnum):
    """How a cost may grow."""

    FLAT = "flat"
    LINEAR = "linear"


@dataclass(frozen=True, slots=True)
class Flat:
    """`rise` is the worst ratio of a size's cost to a smaller one's, `fall` the lowest: costs that fall do not grow."""

    rise: float
    fall: float

    @property
    def holds(self) -> bool:
        """Within what a busy machine does to a measurement."""
        return self.rise <= FLAT_RATIO

    def __str__(self) -> str:
        kind = "NOT flat" if not self.holds else "flat" if self.fall >= 1 / FLAT_RATIO else "falls"
        return f"{kind}: {self.fall:.2f} to {self.rise:.2f} times that of a smaller one"


@dataclass(frozen=True, slots=True)
class Line:
    """cost = base + each * n. `deviation`: how far the worst point is from it, as a part of that point's cost."""

    base: float
    each: float
    deviation: float

    @property
    def holds(self) -> bool:
        """Whether the costs lie on it."""
        return self.deviation <= LINEAR_DEVIATION

    def __str__(self) -> str:
        kind = "linear" if self.holds else "NOT linear"
        return f"{kind}: {self.base:.3g} + {self.each:.3g} n ms, at worst {self.deviation:.0%} off"


Verdict = Flat | Line


def verdict_on(expected: Expected, sizes: Sequence[int], costs: Sequence[float]) -> Verdict:
    """One cost, more than 0, for each size; two or more different sizes for a line."""
    return flat_over(costs) if expected is Expected.FLAT else line_through(sizes, costs)


def flat_over(costs: Sequence[float]) -> Flat:
    """Two costs or more, those of smaller sizes first."""
    ratios = [later / earlier for earlier, later in combinations(costs, 2)]
    return Flat(max(ratios), min(ratios))


def line_through(sizes: Sequence[int], costs: Sequence[float]) -> Line:
    """Least squares of the relative errors: otherwise the largest sizes alone would decide."""
    weights = [cost**-2 for cost in costs]
    total = sum(weights)
    size = sum(weight * n for weight, n in zip(weights, sizes, strict=True)) / total
    cost = sum(weight * one for weight, one in zip(weights, costs, strict=True)) / total
    points = list(zip(weights, sizes, costs, strict=True))
    spread = sum(weight * (n - size) ** 2 for weight, n, _ in points)
    each = sum(weight * (n - size) * (one - cost) for weight, n, one in points) / spread
    base = cost - each * size
    return Line(base, each, max(abs(one - (base + each * n)) / one for _, n, one in points))
