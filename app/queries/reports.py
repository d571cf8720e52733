"""A user's month or year, and what has changed since the one before."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.kickbacks import Valuation
from app.domain.periods import DateRange, Period
from app.domain.reports import Report, UserMonths, period_before, report_of
from app.domain.row_sums import sum_of
from app.domain.totals import Figures, Totals
from app.domain.view_rows import Counted, ViewRow
from app.ports.kickbacks import Kickbacks
from app.ports.views import Generation, Views
from app.queries.freshness import Fresh
from app.queries.rankings import LiveSource


@dataclass(frozen=True, slots=True)
class UserReport:
    """`before` is the period before and what it added up to; None before the first of all."""

    report: Report
    before: tuple[Period, Totals] | None
    as_of: datetime
    valuation: Valuation


async def view_report(user_id: str, period: Period, fresh: Fresh, *, views: Views) -> UserReport:
    """From two reads of the user's own rows. Raises StoreUnavailable."""
    before = period_before(period)
    rows, totals = await asyncio.gather(
        views.user(fresh.generation, user_id, period.name),
        _totals(fresh.generation, user_id, before, views),
    )
    valuation = fresh.generation.valuation
    return UserReport(report_of(rows, valuation), (before, totals) if before else None, fresh.as_of, valuation)


async def _totals(generation: Generation, user_id: str, period: Period | None, views: Views) -> Totals:
    if period is None:
        return Totals()
    if len(period.name) == 7:
        return sum_of((await views.user(generation, user_id, period.name)).values()).totals
    return sum_of((await views.user_year(generation, user_id, period.name)).values()).totals


async def live_report(user_id: str, period: Period, *, kickbacks: Kickbacks, source: LiveSource) -> UserReport:
    """Folds the user's purchases of both periods. Raises StoreUnavailable."""
    as_of = source.now()
    before = period_before(period)
    report = report_of(await _live_rows(user_id, period, kickbacks), source.valuation)
    totals = sum_of((await _live_rows(user_id, before, kickbacks)).values()).totals if before else Totals()
    return UserReport(report, (before, totals) if before else None, as_of, source.valuation)


async def _live_rows(user_id: str, period: Period, kickbacks: Kickbacks) -> UserMonths:
    rows: dict[tuple[str, str], ViewRow] = {}

    def consume(purchases: Sequence[Figures]) -> None:
        for figures in purchases:
            row = rows.setdefault((figures.transaction_date[:7], figures.category), ViewRow())
            row.add(figures, Counted(part=figures.card_id, part_name=figures.card_name))

    await kickbacks.fold(user_id, DateRange(period.first, period.last), consume)
    return rows
