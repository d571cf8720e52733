"""How often in a row: the running count that starts again whenever something else comes, and runs of periods without
a gap."""

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import groupby


class StreakUnit(StrEnum):
    """What follows what: business days or months."""

    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Run:
    """Periods by their numbers, without a gap; both ends are in it."""

    first: int
    last: int

    @property
    def length(self) -> int:
        """How many."""
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class Streaks:
    """`periods` is how many there are in all. Of several longest ones, the latest."""

    current: Run | None
    longest: Run | None
    periods: int


def consecutive(outcomes: Iterable[Hashable]) -> Iterator[int]:
    """Beside each outcome, how many equal ones end with it: heads heads tails heads -> 1 2 1 1."""
    for _, equal in groupby(outcomes):
        yield from (number for number, _ in enumerate(equal, start=1))


def period_number(unit: StreakUnit, day: date) -> int:
    """Neighbouring periods have neighbouring numbers."""
    return day.toordinal() if unit is StreakUnit.DAY else day.year * 12 + day.month - 1


def period_text(unit: StreakUnit, number: int) -> str:
    """The inverse: '2023-05-01', or '2023-05' for months."""
    if unit is StreakUnit.DAY:
        return date.fromordinal(number).isoformat()
    year, month = divmod(number, 12)
    return f"{year:04d}-{month + 1:02d}"


def runs_of(numbers: Iterable[int]) -> list[Run]:
    """The runs among them, first to last. In a run, number and place grow together: their difference stays."""
    in_order = enumerate(sorted(set(numbers)))
    runs = []
    for _, together in groupby(in_order, key=lambda placed: placed[1] - placed[0]):
        members = [number for _, number in together]
        runs.append(Run(members[0], members[-1]))
    return runs


def streaks_of(numbers: Iterable[int], *, at: int) -> Streaks:
    """Up to the period `at`, what comes later left out. A run is still current in the period after its last one: that
    period is not over, and may continue it."""
    runs = runs_of(number for number in numbers if number <= at)
    longest = max(runs, key=lambda run: (run.length, run.last), default=None)
    current = runs[-1] if runs and runs[-1].last >= at - 1 else None
    return Streaks(current, longest, sum(run.length for run in runs))
