"""Sums over purchases: counts, spending and kickbacks, the kickbacks by type."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from app.domain.kickbacks import KickbackType, Valuation, kickback_value
from app.domain.rates import ratio_millionths


class Figures(NamedTuple):
    """What sums need of one purchase. A reversal has negative amounts. (A tuple: there may be millions.)"""

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


@dataclass(slots=True)
class Totals:
    """A running sum: `add` and `merge` change it in place."""

    count: int = 0
    transaction_total: int = 0
    rate_millionths_sum: int = 0
    kickback_by_type: dict[KickbackType, int] = field(default_factory=dict)

    def add(self, figures: Figures) -> None:
        """Counts one more purchase."""
        self.count += 1
        self.transaction_total += figures.transaction_amount
        self.rate_millionths_sum += figures.kickback_rate_millionths
        kind = figures.kickback_type
        self.kickback_by_type[kind] = self.kickback_by_type.get(kind, 0) + figures.kickback_amount

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
