"""Sums over purchases: counts, spending and kickbacks, the kickbacks by type."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from app.domain.kickbacks import KickbackType, Valuation, kickback_value
from app.domain.rates import ratio_millionths


class Figures(NamedTuple):
    """What sums need of one purchase. (A tuple: there may be millions.)

    A reversal has negative amounts; it counts as 0 purchases while something of the purchase is left, and as -1 once
    nothing is, so that a purchase and all its reversals add up to nothing.
    """

    transaction_id: str
    transaction_date: str
    created_at: str
    user_id: str
    card_id: str
    card_name: str | None
    merchant_name: str
    category: str
    transaction_amount: int
    kickback_amount: int
    kickback_type: KickbackType
    kickback_rate_millionths: int
    count_change: int = 1


@dataclass(slots=True)
class Totals:
    """A running sum: `add` and `merge` change it in place."""

    count: int = 0
    transaction_total: int = 0
    rate_millionths_sum: int = 0
    kickback_by_type: dict[KickbackType, int] = field(default_factory=dict)

    def add(self, figures: Figures) -> None:
        """Counts one more purchase, or a reversal."""
        self.count += figures.count_change
        self.transaction_total += figures.transaction_amount
        self.rate_millionths_sum += figures.count_change * figures.kickback_rate_millionths
        kind = figures.kickback_type
        self.kickback_by_type[kind] = self.kickback_by_type.get(kind, 0) + figures.kickback_amount

    def merge(self, other: "Totals") -> None:
        """Counts everything that the other sum counts."""
        self.count += other.count
        self.transaction_total += other.transaction_total
        self.rate_millionths_sum += other.rate_millionths_sum
        for kind, amount in other.kickback_by_type.items():
            self.kickback_by_type[kind] = self.kickback_by_type.get(kind, 0) + amount

    def copy(self) -> "Totals":
        """A sum of its own."""
        return replace(self, kickback_by_type=dict(self.kickback_by_type))

    def value(self, valuation: Valuation) -> int:
        """The kickbacks as one number, in the currency's smallest unit."""
        return kickback_value(self.kickback_by_type, valuation)

    def realized_rate_millionths(self, valuation: Valuation) -> int | None:
        """Kickback over spending; None when nothing was spent."""
        return ratio_millionths(self.value(valuation), self.transaction_total)

    def average_rate_millionths(self) -> int | None:
        """The plain mean of the purchases' rates; None without purchases."""
        return ratio_millionths(self.rate_millionths_sum, self.count * 1_000_000)


def total_of(purchases: Iterable[Figures]) -> Totals:
    """The sum over all of them."""
    totals = Totals()
    for figures in purchases:
        totals.add(figures)
    return totals
