"""The tables, and the same as JSON."""

from collections.abc import Callable, Sequence
from statistics import median
from typing import Any

from rich import box
from rich.table import Table

from bench.ledger.calls import Spent
from bench.ledger.growth import Side, Work
from bench.ledger.history import OPEN_LOTS
from bench.ledger.measured import Measured
from bench.ledger.sizes import Sizes
from bench.report import machine


def tables(measured: Measured) -> list[Table]:
    """One for each part."""
    return [_growth(measured.growth), _sizes(measured.sizes)]


def _growth(sides: Sequence[Side]) -> Table:
    table = Table(
        title="A call on an account with a short and with a long history: capacity units (read, write), CPU ms",
        caption=f"{OPEN_LOTS} open lots on both. Commands and queries called in this process; medians of the rounds, "
        "the two in turn. Units as DynamoDB Local reports them.",
        box=box.SIMPLE_HEAD,
    )
    table.add_column("call")
    for side in sides:
        table.add_column(f"{side.entries:,} entries: units", justify="right")
        table.add_column("CPU", justify="right")
    table.add_column("CPU ratio", justify="right")
    for work in Work:
        cells = []
        for side in sides:
            spent = side.rounds[work]
            cells += [f"{_units(spent, read_units):g}, {_units(spent, write_units):g}", f"{_cpu(spent):.2f}"]
        table.add_row(work, *cells, f"{cpu_ratio(sides, work):.2f}")
    return table


def _sizes(sizes: Sequence[Sizes]) -> Table:
    table = Table(
        title="A ledger entry by the lots that are open before it: bytes, and write units of the whole command",
        caption="A purchase that earns (with the purchase itself, its guard and the categories' list), and the "
        "redemption of everything (with its receipt).",
        box=box.SIMPLE_HEAD,
    )
    table.add_column("open lots")
    for column in ("EARN: bytes", "units", "USE: bytes", "units"):
        table.add_column(column, justify="right")
    for one in sizes:
        table.add_row(
            f"{one.lots}",
            *(f"{one.earn_bytes:,}", f"{one.earn.write_units:g}", f"{one.use_bytes:,}", f"{one.use.write_units:g}"),
        )
    return table


def read_units(spent: Spent) -> float:
    """For each call."""
    return spent.read_units / spent.calls


def write_units(spent: Spent) -> float:
    """For each call."""
    return spent.write_units / spent.calls


def cpu_ms(spent: Spent) -> float:
    """For each call."""
    return 1000 * spent.cpu_seconds / spent.calls


def cpu_ratio(sides: Sequence[Side], work: Work) -> float:
    """Long to short: the median of the rounds, each of which compares two that were measured one after the other."""
    short, long = (side.rounds[work] for side in sides)
    return median(cpu_ms(b) / cpu_ms(a) for a, b in zip(short, long, strict=True))


def _units(rounds: Sequence[Spent], units: Callable[[Spent], float]) -> float:
    return median(units(spent) for spent in rounds)


def _cpu(rounds: Sequence[Spent]) -> float:
    return median(cpu_ms(spent) for spent in rounds)


def document(measured: Measured, settings: dict[str, Any]) -> dict[str, Any]:
    """The machine, the settings, and each part with every round."""
    sides = measured.growth
    return {
        "machine": machine(),
        "settings": settings | {"openLots": OPEN_LOTS},
        "growth": [
            {
                "work": work.value,
                "cpuRatio": round(cpu_ratio(sides, work), 4),
                "accounts": [
                    {"entries": side.entries, "rounds": [_spent(spent) for spent in side.rounds[work]]}
                    for side in sides
                ],
            }
            for work in Work
        ],
        "sizes": [
            {
                "openLots": one.lots,
                "earn": {"bytes": one.earn_bytes, "writeUnits": one.earn.write_units},
                "use": {"bytes": one.use_bytes, "writeUnits": one.use.write_units},
            }
            for one in measured.sizes
        ],
    }


def _spent(spent: Spent) -> dict[str, Any]:
    return {
        "calls": spent.calls,
        "readUnits": round(read_units(spent), 3),
        "writeUnits": round(write_units(spent), 3),
        "cpuMs": round(cpu_ms(spent), 4),
    }
