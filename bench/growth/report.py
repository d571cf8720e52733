"""The tables, and the same as JSON."""

from collections.abc import Sequence
from typing import Any

from rich import box
from rich.table import Table

from bench.growth.series import Point, Series
from bench.growth.verdicts import Line, Verdict
from bench.report import machine

_COLUMNS = ("CPU ms", "its thirds", "units", "per s", "p50 ms", "p99 ms")


def tables(found: Sequence[Series]) -> list[Table]:
    """One for each series, with its verdict."""
    return [_table(one) for one in found]


def _table(one: Series) -> Table:
    verdict = one.verdict()
    table = Table(
        title=f"{one.work}: expected {one.expected} in {one.over}",
        caption=f"CPU {verdict if verdict is not None else 'cannot be read here'}. Units: read, written.",
        box=box.SIMPLE_HEAD,
    )
    table.add_column(one.over)
    for column in _COLUMNS:
        table.add_column(column, justify="right")
    for point in one.points:
        table.add_row(f"{point.n:,}", *_cells(point))
    return table


def _cells(point: Point) -> list[str]:
    thirds = [cpu for cpu in point.cpu_ms_of_thirds if cpu is not None]
    return [
        f"{point.cpu_ms:.3f}" if point.cpu_ms is not None else "n/a",
        f"{min(thirds):.2f}-{max(thirds):.2f}" if thirds else "n/a",
        f"{point.read_units:g}, {point.written_units:g}",
        f"{point.per_second:,.0f}",
        f"{point.p50_ms:.1f}",
        f"{point.p99_ms:.1f}",
    ]


def document(found: Sequence[Series], settings: dict[str, Any]) -> dict[str, Any]:
    """The machine, the settings, and each series with its points."""
    return {"machine": machine(), "settings": settings, "series": [_series(one) for one in found]}


def _series(one: Series) -> dict[str, Any]:
    return {
        "work": str(one.work),
        "over": one.over,
        "expected": one.expected.value,
        "verdict": _verdict(one.verdict()),
        "points": [_point(point) for point in one.points],
    }


def _verdict(verdict: Verdict | None) -> dict[str, Any] | None:
    if verdict is None:
        return None
    if isinstance(verdict, Line):
        line = {"baseMs": verdict.base, "eachMs": verdict.each, "worstDeviation": verdict.deviation}
        return {"holds": verdict.holds, **{name: round(value, 5) for name, value in line.items()}}
    return {"holds": verdict.holds, "rise": round(verdict.rise, 4), "fall": round(verdict.fall, 4)}


def _point(point: Point) -> dict[str, Any]:
    return {
        "n": point.n,
        "requests": point.done,
        "perSecond": round(point.per_second, 2),
        "cpuMs": _rounded(point.cpu_ms),
        "cpuMsOfThirds": [_rounded(one) for one in point.cpu_ms_of_thirds],
        "readUnits": point.read_units,
        "writtenUnits": point.written_units,
        "p50Ms": round(point.p50_ms, 2),
        "p99Ms": round(point.p99_ms, 2),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
