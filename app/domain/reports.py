"""A user's month or year: what it adds up to, by category, card and month, and the change since the one before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from app.domain.kickbacks import KickbackType, Valuation
from app.domain.periods import Period, parse_month, parse_year
from app.domain.rankings import Member, Ranked, ranked
from app.domain.row_sums import sum_of
from app.domain.totals import Totals
from app.domain.view_rows import ViewRow

UserMonths = Mapping[tuple[str, str], ViewRow]
"""A user's rows by (month, category), each with its cards as parts."""


@dataclass(frozen=True, slots=True)
class Report:
    """Categories and cards best first, months in order; none of them without purchases."""

    totals: Totals
    by_category: Sequence[Ranked]
    by_card: Sequence[Ranked]
    by_month: Sequence[tuple[str, Totals]]


@dataclass(frozen=True, slots=True)
class Change:
    """What is more (or, negative, less) than before. Types that occur in neither are left out."""

    count: int
    transaction_total: int
    kickback_value: int
    kickback_by_type: Mapping[KickbackType, int]


def parse_report_period(text: str) -> Period:
    """'2023' or '2023-05'. Raises ValueError with a fixed text."""
    try:
        return parse_year(text) if len(text) == 4 else parse_month(text)
    except ValueError:
        raise ValueError("must be a year, YYYY, or a month, YYYY-MM") from None


def period_before(period: Period) -> Period | None:
    """The month before a month, the year before a year; None before the first of all."""
    if period.first.year == 1 and period.first.month == 1:
        return None
    last_day = (period.first - timedelta(days=1)).isoformat()
    return parse_month(last_day[:7]) if len(period.name) == 7 else parse_year(last_day[:4])


def report_of(rows: UserMonths, valuation: Valuation) -> Report:
    """All breakdowns of the same rows, so that each adds up to the totals."""
    categories: dict[str, Member] = {}
    months: dict[str, Totals] = {}
    for (month, category), row in sorted(rows.items()):
        categories.setdefault(category, Member(category)).totals.merge(row.totals)
        months.setdefault(month, Totals()).merge(row.totals)
    whole = sum_of(rows.values())
    cards = [Member(card_id, part.totals, part.naming) for card_id, part in whole.parts.items()]
    return Report(
        totals=whole.totals,
        by_category=ranked(categories.values(), valuation),
        by_card=ranked(cards, valuation),
        by_month=[(month, totals) for month, totals in months.items() if totals.count],
    )


def change_of(before: Totals, after: Totals, valuation: Valuation) -> Change:
    """After less before. The value's change is that of the values shown, each rounded as it is shown."""
    kinds = [kind for kind in KickbackType if kind in before.kickback_by_type or kind in after.kickback_by_type]
    return Change(
        count=after.count - before.count,
        transaction_total=after.transaction_total - before.transaction_total,
        kickback_value=after.value(valuation) - before.value(valuation),
        kickback_by_type={
            kind: after.kickback_by_type.get(kind, 0) - before.kickback_by_type.get(kind, 0) for kind in kinds
        },
    )
