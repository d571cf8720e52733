"""The views' sums as the floor adds and shows them."""

import msgspec

from app.domain.kickbacks import KickbackType, Valuation
from app.domain.rates import MILLION
from bench.rivals.bare.rows import Sums, Value


class Total(msgspec.Struct):
    """A sum under way; None for a type that does not occur."""

    count: int = 0
    spent: int = 0
    rates: int = 0
    point: int | None = None
    mile: int | None = None
    cashback: int | None = None

    def add(self, other: "Total") -> None:
        """Counts what the other one counts."""
        self.count += other.count
        self.spent += other.spent
        self.rates += other.rates
        self.point = _both(self.point, other.point)
        self.mile = _both(self.mile, other.mile)
        self.cashback = _both(self.cashback, other.cashback)

    def value(self, valuation: Valuation) -> int:
        """The kickbacks as one number."""
        return (
            (self.point or 0) * valuation[KickbackType.POINT] // MILLION
            + (self.mile or 0) * valuation[KickbackType.MILE] // MILLION
            + (self.cashback or 0) * valuation[KickbackType.CASHBACK] // MILLION
        )

    def by_type(self) -> dict[str, int]:
        """Those that occur."""
        named = (("POINT", self.point), ("MILE", self.mile), ("CASHBACK", self.cashback))
        return {name: amount for name, amount in named if amount is not None}


def total_of(row: Sums) -> Total:
    """What a row says."""
    return Total(
        int(row.count.N),
        int(row.transactionTotal.N),
        int(row.rateMillionthsSum.N),
        int(row.POINT.N) if row.POINT else None,
        int(row.MILE.N) if row.MILE else None,
        int(row.CASHBACK.N) if row.CASHBACK else None,
    )


def total_of_part(values: list[Value]) -> Total:
    """What a part of a row says."""
    return Total(*(int(one.N) if one.N is not None else None for one in values[:6]))  # type: ignore[arg-type]  # the first three are always there


def ratio(part: int, whole: int) -> float | None:
    """part / whole with 6 decimals, half to even."""
    if not whole:
        return None
    quotient, rest = divmod(part * MILLION, whole)
    if 2 * rest > whole or (2 * rest == whole and quotient % 2):
        quotient += 1
    return quotient / MILLION


def _both(one: int | None, other: int | None) -> int | None:
    if one is None or other is None:
        return one if other is None else other
    return one + other
