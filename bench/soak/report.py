"""The table, and the same as JSON."""

from typing import Any

from rich import box
from rich.table import Table

from bench.report import machine
from bench.soak.measured import Plan
from bench.soak.verdicts import Soak
from bench.soak.watching import Moment

_MIB = 1024 * 1024
_ROWS = 10


def table(soak: Soak, plan: Plan) -> Table:
    """Some of the moments, and the promises."""
    kept = "; ".join(f"{promise}: {'yes' if kept else 'NO'}" for promise, kept in soak.verdicts().items())
    made = Table(
        title=f"{soak.per_second:,.0f} requests a second, {plan.share} % of the most, for {plan.seconds} s",
        caption=f"Memory after the first third: {soak.bytes_per_minute / 1024:,.0f} KiB more a minute. "
        f"When all is over: {soak.objects_per_request:.4f} objects more for a request, {soak.tasks_more} tasks and "
        f"{soak.descriptors_more} descriptors more. {kept}.",
        box=box.SIMPLE_HEAD,
    )
    for column in ("s", "answered", "MiB", "descriptors", "tasks", "objects"):
        made.add_column(column, justify="right")
    for one in (soak.before, *soak.moments[:: max(1, len(soak.moments) // _ROWS)], soak.after):
        told = _moment(one)
        memory = f"{told['memoryBytes'] / _MIB:.1f}"
        made.add_row(
            f"{told['seconds']:.0f}",
            f"{told['answered']:,}",
            memory,
            *(f"{told[name]:,}" for name in ("descriptors", "tasks", "objects")),
        )
    return made


def document(soak: Soak, plan: Plan) -> dict[str, Any]:
    """The machine, the settings, every moment, and the promises."""
    return {
        "machine": machine(),
        "settings": {"database": plan.database, "sharePercent": plan.share, "seconds": plan.seconds},
        "mostPerSecond": round(soak.most, 1),
        "perSecond": round(soak.per_second, 1),
        "statuses": {str(status): times for status, times in sorted(soak.statuses.items())},
        "bytesPerMinute": round(soak.bytes_per_minute),
        "objectsPerRequest": round(soak.objects_per_request, 5),
        "moreDescriptors": soak.descriptors_more,
        "moreTasks": soak.tasks_more,
        "before": _moment(soak.before),
        "moments": [_moment(one) for one in soak.moments],
        "after": _moment(soak.after),
        "promises": soak.verdicts(),
    }


def _moment(one: Moment) -> dict[str, Any]:
    return {
        "seconds": round(one.seconds, 1),
        "answered": one.answered,
        "memoryBytes": one.memory_bytes,
        "descriptors": one.descriptors,
        "tasks": one.held.tasks,
        "objects": one.held.objects,
    }
