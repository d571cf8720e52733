"""The tables, and the same as JSON."""

from collections.abc import Sequence
from math import ceil
from statistics import median
from typing import Any

from rich import box
from rich.table import Table

from bench.report import machine
from bench.views.growth import CROWD as GROWTH_CROWD
from bench.views.growth import Growth, Requests
from bench.views.measured import Measured, Plan
from bench.views.projecting import Passed
from bench.views.speed import CROWD as SPEED_CROWD
from bench.views.speed import Pass


def tables(measured: Measured, plan: Plan) -> list[Table]:
    """One for each part."""
    return [_growth(measured), _units(measured), _speed(measured, plan), _freshness(measured)]


def _table(title: str, caption: str, first: str, *columns: str) -> Table:
    table = Table(title=title, caption=caption, box=box.SIMPLE_HEAD)
    table.add_column(first)
    for column in columns:
        table.add_column(column, justify="right")
    return table


def _growth(measured: Measured) -> Table:
    year = measured.card_year
    table = _table(
        "A ranking's first ten while its month grows: read capacity units and CPU ms of the service for each request",
        f"{GROWTH_CROWD}. The sizes in short slices in turn; CPU ratio to the first one, of the whole run and of its "
        "thirds; live once. A year of a card's efficiency, from any day and with "
        f"purchases on all, reads {year.fewest} to {year.most} items.",
        "purchases",
        *("views: units", "CPU", "ratio", "thirds", "per s", "live: units", "CPU", "per s"),
    )
    for one, (whole, parts) in zip(measured.growth, cpu_ratios(measured.growth), strict=True):
        between = f"{min(parts):.2f}-{max(parts):.2f}" if parts else "n/a"
        ratio = f"{whole:.3f}" if whole is not None else "n/a"
        units, cpu, per_second = _cells(one.whole)
        table.add_row(f"{one.purchases:,}", units, cpu, ratio, between, per_second, *_cells(one.live))
    return table


def cpu_ratios(growth: Sequence[Growth]) -> list[tuple[float | None, list[float]]]:
    """Of each size to the first: over the whole run, and of its thirds. Nothing where CPU time cannot be read."""
    first = growth[0]
    return [
        (
            _ratio(one.whole, first.whole),
            [ratio for part in zip(one.views, first.views, strict=False) if (ratio := _ratio(*part)) is not None],
        )
        for one in growth
    ]


def _ratio(one: Requests, other: Requests) -> float | None:
    return one.cpu_ms / other.cpu_ms if one.cpu_ms and other.cpu_ms else None


def _cells(one: Requests) -> list[str]:
    cpu = f"{one.cpu_ms:,.2f}" if one.cpu_ms is not None else "n/a"
    return [f"{one.read_units:,.1f}", cpu, f"{one.per_second:,.1f}"]


def _units(measured: Measured) -> Table:
    units = measured.units
    table = _table(
        "Capacity units for each purchase, all views included",
        f"{units.crowd}; {units.warm:,} purchases are there before. Puts: as DynamoDB Local reports them. "
        "Transactions: by the published rule. Rows that this process remembers are not read.",
        "counted at once",
        *("view rows", "view reads", "facts", "views, puts", "total", "views, transactions", "total"),
    )
    for one in units.batches:
        table.add_row(
            f"{one.batch:,}",
            *(f"{value:.1f}" for value in (one.rows, one.reads, units.facts)),
            *(f"{value:.1f}" for value in (one.singles, units.facts + one.singles)),
            *(f"{value:.1f}" for value in (one.grouped, units.facts + one.grouped)),
        )
    return table


def _speed(measured: Measured, plan: Plan) -> Table:
    table = _table(
        "The projector beside the import whose purchases it counts, and beside bare writes of the same rows",
        f"{SPEED_CROWD}. {plan.rounds} rounds, each import {plan.seconds:g} s; medians. Records come 1,000 at once.",
        "work",
        *("purchases/s", "rows/s", "rows/purchase", "CPU ms/purchase"),
    )
    for which in Pass:
        passed = measured.speed[which]
        purchases = median(one.purchases / one.seconds for one in passed)
        rows = median(one.rows / one.seconds for one in passed)
        each = median(one.rows / one.purchases for one in passed) if purchases and rows else None
        cpu = [1000 * one.cpu_seconds / one.purchases for one in passed if one.cpu_seconds is not None]
        table.add_row(
            which,
            f"{purchases:,.0f}" if purchases else "",
            f"{rows:,.0f}" if rows else "",
            f"{each:.1f}" if each else "",
            f"{median(cpu):.2f}" if cpu else "",
        )
    return table


def _freshness(measured: Measured) -> Table:
    table = _table(
        "From the answer to a POST to a ranking with it, ms",
        "Asked for every 10 ms; the service keeps its views itself and does not wait for its own writes.",
        "purchases",
        *("median", "p99"),
    )
    times = measured.freshness
    table.add_row(str(len(times)), f"{1000 * median(times):.0f}", f"{1000 * _p99(times):.0f}")
    return table


def _p99(times: list[float]) -> float:
    return sorted(times)[ceil(0.99 * len(times)) - 1]


def document(measured: Measured, settings: dict[str, Any]) -> dict[str, Any]:
    """The machine, the settings, and each part with every round."""
    units = measured.units
    return {
        "machine": machine(),
        "settings": settings,
        "growth": [
            {
                "purchases": one.purchases,
                "answerBytes": one.answer_bytes,
                "cpuRatio": whole,
                "cpuRatioOfThirds": parts,
                "views": _requests(one.whole),
                "viewsRounds": [_requests(requests) for requests in one.views],
                "liveRounds": [_requests(one.live)],
            }
            for one, (whole, parts) in zip(measured.growth, cpu_ratios(measured.growth), strict=True)
        ],
        "cardYearItems": {"fewest": measured.card_year.fewest, "most": measured.card_year.most},
        "units": {
            "load": units.crowd,
            "warm": units.warm,
            "facts": units.facts,
            "batches": [
                {
                    "batch": one.batch,
                    "purchases": one.purchases,
                    "rows": round(one.rows, 3),
                    "reads": round(one.reads, 3),
                    "puts": round(one.singles, 3),
                    "transactions": round(one.grouped, 3),
                }
                for one in units.batches
            ],
        },
        "speed": {which.value: [_passed(one) for one in measured.speed[which]] for which in Pass},
        "freshness": {
            "medianMs": round(1000 * median(measured.freshness), 1),
            "p99Ms": round(1000 * _p99(measured.freshness), 1),
            "ms": [round(1000 * one, 1) for one in measured.freshness],
        },
    }


def _requests(one: Requests) -> dict[str, Any]:
    return {
        "done": one.done,
        "readUnits": one.read_units,
        "perSecond": round(one.per_second, 2),
        "cpuMs": None if one.cpu_ms is None else round(one.cpu_ms, 3),
    }


def _passed(one: Passed) -> dict[str, Any]:
    return {
        "purchases": one.purchases,
        "rows": one.rows,
        "seconds": round(one.seconds, 4),
        "cpuSeconds": None if one.cpu_seconds is None else round(one.cpu_seconds, 3),
    }
