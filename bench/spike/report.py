"""The table, and the same as JSON."""

from collections import Counter
from typing import Any

from rich import box
from rich.table import Table

from bench.abuse.report import percentile
from bench.report import machine
from bench.spike.measured import TIMES, Measured, Plan
from bench.spike.verdicts import Part

_MIB = 1024 * 1024
_NAMES = ("before", "during", "after")


def table(found: Measured, plan: Plan) -> Table:
    """What was asked and answered before, during and after."""
    spike = found.spike
    kept = "; ".join(f"{promise}: {'yes' if kept else 'NO'}" for promise, kept in spike.verdicts().items())
    made = Table(
        title=f"{TIMES} times as many requests as usual for {plan.seconds:g} s",
        caption=f"The most there can be: {spike.most:,.0f} a second. Done of it during the spike: {spike.goodput:.0%}. "
        f"Normal again after {spike.seconds_to_normal:g} s. Memory: {spike.bytes_before / _MIB:.0f} MiB before, "
        f"{spike.bytes_most / _MIB:.0f} MiB at most. {kept}.",
        box=box.SIMPLE_HEAD,
    )
    for column in ("", "asked/s", "done", "refused", "others", "done p50 ms", "p99 ms", "refused p50 ms", "p99 ms"):
        made.add_column(column, justify="right" if column else "left")
    for name, part in zip(_NAMES, _parts(found), strict=True):
        told = _part(part)
        made.add_row(name, *(f"{told[key]:,}" if told[key] is not None else "" for key in _COLUMNS))
    return made


def document(found: Measured, plan: Plan) -> dict[str, Any]:
    """The machine, the settings, each part, and the promises."""
    spike = found.spike
    return {
        "machine": {**machine(), "pinned": found.pinned},
        "settings": {
            "database": plan.database,
            "usualPercent": plan.usual,
            "times": TIMES,
            "seconds": plan.seconds,
            "quietSeconds": plan.quiet_seconds,
        },
        "mostPerSecond": round(spike.most, 1),
        "goodput": round(spike.goodput, 3),
        "refusalMs": round(spike.refusal_ms, 2),
        "secondsToNormal": spike.seconds_to_normal,
        "memoryBytes": {"before": spike.bytes_before, "most": spike.bytes_most},
        "parts": {name: _part(part) for name, part in zip(_NAMES, _parts(found), strict=True)},
        "promises": spike.verdicts(),
    }


_COLUMNS = ("perSecond", "done", "refused", "others", "doneP50Ms", "doneP99Ms", "refusedP50Ms", "refusedP99Ms")


def _parts(found: Measured) -> tuple[Part, Part, Part]:
    return found.spike.before, found.spike.during, found.spike.after


def _part(part: Part) -> dict[str, Any]:
    done = [one.seconds for one in part.good]
    refused = [one.ended - one.sent for one in part.refused]
    return {
        "perSecond": round(len(part.answers) / (part.end - part.begin)),
        "done": len(done),
        "refused": len(refused),
        "others": part.others,
        "statuses": {str(status): times for status, times in sorted(Counter(a.status for a in part.answers).items())},
        "doneP50Ms": _ms(done, 0.5),
        "doneP99Ms": _ms(done, 0.99),
        "refusedP50Ms": _ms(refused, 0.5),
        "refusedP99Ms": _ms(refused, 0.99),
    }


def _ms(seconds: list[float], share: float) -> float | None:
    return round(1000 * percentile(seconds, share), 1) if seconds else None
