"""The table, and the same as JSON."""

from collections.abc import Sequence
from typing import Any

from rich import box
from rich.table import Table

from bench.memory.measured import CROWD, Streamed
from bench.memory.watching import STEADY_GROWTH, Moment
from bench.report import machine

SHARES = {"start": 0.0, "10 %": 0.1, "50 %": 0.5, "100 %": 1.0}
_MIB = 1024 * 1024
_MOST_MOMENTS = 100


def table(streamed: Sequence[Streamed]) -> Table:
    """One line for each batch."""
    made = Table(
        title="The service's memory while a batch streams through it: the most so far, MiB",
        caption=f"Purchases of {CROWD}, sent as fast as the service takes them. Steady: the second half of the lines "
        f"needs less than {STEADY_GROWTH:.0%} more than the first.",
        box=box.SIMPLE_HEAD,
    )
    made.add_column("database")
    for column in ("lines", "per s", *SHARES, "second half"):
        made.add_column(column, justify="right")
    for one in streamed:
        watched = one.watched
        made.add_row(
            one.database,
            f"{watched.lines:,}",
            f"{watched.lines / one.seconds:,.0f}",
            *(f"{watched.most_until(share) / _MIB:.1f}" for share in SHARES.values()),
            f"{watched.late_growth:+.1%}{'' if watched.is_steady else ' NOT steady'}",
        )
    return made


def document(streamed: Sequence[Streamed]) -> dict[str, Any]:
    """The machine, and each batch with how its memory went."""
    return {"machine": machine(), "crowd": str(CROWD), "batches": [_batch(one) for one in streamed]}


def _batch(one: Streamed) -> dict[str, Any]:
    watched = one.watched
    step = -(-len(watched.moments) // _MOST_MOMENTS)
    return {
        "database": one.database,
        "lines": watched.lines,
        "seconds": round(one.seconds, 1),
        "mostBytes": {name: watched.most_until(share) for name, share in SHARES.items()},
        "lateGrowth": round(watched.late_growth, 4),
        "steady": watched.is_steady,
        "moments": [_moment(moment) for moment in watched.moments[::step]],
    }


def _moment(moment: Moment) -> dict[str, int]:
    return {"lines": moment.lines, "bytes": moment.memory.now}
