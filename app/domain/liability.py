"""What is owed to customers in points, miles and cashback at an instant: by when it was earned, and when it expires."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo

from app.domain.breakage import Outcome
from app.domain.lot_parts import LotKey, LotParts, Step
from app.domain.lots import is_alive

NEVER = "never"


@dataclass(slots=True)
class Liability:
    """Of one type, in its unit; months ('2026-10') are those of the business time zone.

    `earned` (by month) and `expiring` (by month, and NEVER) each add up to what the lots hold; `owed` is what customers
    owe, taken back after it was spent. `overdue` is the part of the lots whose last day is over while no entry says so
    yet. `booked` is what the postings say. `over`: what became of the lots that are over.
    """

    earned: dict[str, int] = field(default_factory=dict)
    expiring: dict[str, int] = field(default_factory=dict)
    owed: int = 0
    overdue: int = 0
    booked: int = 0
    over: Outcome = field(default_factory=Outcome)

    @property
    def outstanding(self) -> int:
        """What the lots hold."""
        return sum(self.expiring.values())

    @property
    def total(self) -> int:
        """What the liability account holds."""
        return self.outstanding - self.owed

    @property
    def can_expire(self) -> int:
        """What the lots hold that still counts and has a last day."""
        return self.outstanding - self.expiring.get(NEVER, 0) - self.overdue

    @property
    def agrees(self) -> bool:
        """Whether lots and postings say the same."""
        return self.total == self.booked == sum(self.earned.values()) - self.owed

    def add(self, steps: Iterable[Step], at: str, zone: tzinfo) -> None:
        """Adds an account, from its entries by version. Those that happened after `at` (UTC text) are left out."""
        lots = LotParts(zone)
        for step in steps:
            if step.effective_at <= at:
                lots.follow(step)
                self.booked += step.booked
        self.owed += lots.owed
        left: dict[LotKey, int] = {}
        for part in lots.parts():
            left[part.lot] = left.get(part.lot, 0) + part.amount
            _add(self.earned, part.month, part.amount)
        for lot, amount in left.items():
            _add(self.expiring, lot[1].isoformat()[:7] if lot[1] else NEVER, amount)
        self._add_over(lots, left, at)

    def _add_over(self, lots: LotParts, left: dict[LotKey, int], at: str) -> None:
        for lot, came_in in lots.came_in.items():
            if not is_alive(lot[1], at, lots.zone):
                self.overdue += left.get(lot, 0)
                self.over.add(earned=came_in, expired=lots.expired.get(lot, 0) + left.get(lot, 0))


def without_gap(steps: Sequence[Step]) -> list[Step]:
    """By version, up to the first that is missing: what lies behind it was written while the entries were read."""
    ordered = sorted(steps, key=lambda step: step.version)
    return [step for place, step in enumerate(ordered, start=1) if step.version == place]


def _add(sums: dict[str, int], key: str, amount: int) -> None:
    sums[key] = sums.get(key, 0) + amount
    if not sums[key]:
        del sums[key]
