"""The table, and the same with every round as JSON."""

import os
import platform
from statistics import median
from typing import Any

from rich import box
from rich.table import Table

from bench.measuring import IN_FLIGHT, RANKINGS_IN_FLIGHT, Results
from bench.rows import ROWS, Row, Sample


def table(results: Results, *, seconds: float, rounds: int) -> Table:
    """Medians, with the lowest and highest of the rounds."""
    made = Table(
        title="Per second: requests, or purchases of the batch. CPU: ms of the process for each.",
        caption=(
            f"{rounds} rounds of {seconds:g} s: median, below it lowest-highest. {IN_FLIGHT} requests under way "
            f"(rankings {RANKINGS_IN_FLIGHT}; a batch is one stream), one service process, {os.cpu_count()} CPUs, "
            "DynamoDB Local in memory on the same machine. "
            "Bare: the same calls by a client that prepared them beforehand, does not sign and does not decode."
        ),
        box=box.SIMPLE_HEAD,
    )
    made.add_column("work / bare calls")
    for column in ("service/s", "CPU", "bare/s", "CPU", "service/bare"):
        made.add_column(column, justify="right")
    for row in ROWS:
        ours, bare = results.ours[row.work], results.bare[row.bare]
        names = f"{row.work}\n  {row.bare}"
        made.add_row(names, _rate(ours), _cpu(ours), _rate(bare), _cpu(bare), f"{ratio(results, row):.0%}")
    return made


def document(results: Results, settings: dict[str, Any]) -> dict[str, Any]:
    """The machine, the settings, and each row with every round."""
    return {
        "machine": machine(),
        "settings": settings,
        "rows": [
            {
                "work": row.work.value,
                "bare": row.bare.value,
                "ratio": round(ratio(results, row), 4),
                "serviceRounds": [_round(sample) for sample in results.ours[row.work]],
                "bareRounds": [_round(sample) for sample in results.bare[row.bare]],
            }
            for row in ROWS
        ],
    }


def machine() -> dict[str, Any]:
    """What it was measured on."""
    return {"cpus": os.cpu_count(), "system": platform.platform(), "python": platform.python_version()}


def ratio(results: Results, row: Row) -> float:
    """Of the rounds: each compares two measurements made one after the other, which a busy machine slows down alike."""
    pairs = zip(results.ours[row.work], results.bare[row.bare], strict=True)
    return median(ours.per_second / bare.per_second for ours, bare in pairs)


def _rate(samples: list[Sample]) -> str:
    rates = [sample.per_second for sample in samples]
    return f"{median(rates):,.0f}\n{min(rates):,.0f}-{max(rates):,.0f}"


def _cpu(samples: list[Sample]) -> str:
    spent = [sample.cpu_ms for sample in samples if sample.cpu_ms is not None]
    return f"{median(spent):.2f}" if spent else "n/a"


def _round(sample: Sample) -> dict[str, Any]:
    return {
        "done": sample.done,
        "seconds": round(sample.seconds, 4),
        "perSecond": round(sample.per_second, 1),
        "cpuMs": None if sample.cpu_ms is None else round(sample.cpu_ms, 3),
    }
