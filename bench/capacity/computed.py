"""Everything that the document says, computed once."""

from dataclasses import dataclass

from bench.capacity.facts import Place, partitions, places
from bench.capacity.hot_keys import HotKey, hot_keys
from bench.capacity.inputs import Inputs
from bench.capacity.items import Stored, facts_of_purchase
from bench.capacity.measured import Cpu, cpu_of_requests, projector_cpu
from bench.capacity.month import Month, month
from bench.capacity.operations import Operation, Tasks, operations, table_reads, tasks
from bench.capacity.projecting import Counting, HotRow, counting, hot_rows, kinds_of
from bench.capacity.shared_reads import SharedReads, shared_reads
from bench.capacity.throttling import Throttling, throttling

WAITS = (1.0, 10.0, 60.0)
"""Seconds that a projector collects of each line before it counts."""
FEW_LINES = (1, 4, 16)


@dataclass(frozen=True, slots=True)
class LinesRow:
    """Over so many lines at the peak: counting by WAITS, and what every process reads. `months`: the table is so old,
    None for a number of lines that is only there to compare with."""

    lines: int
    months: int | None
    counting: tuple[Counting, ...]
    shared: SharedReads
    slowest: HotRow


@dataclass(frozen=True, slots=True)
class Capacity:
    """`lines`: of the first month."""

    inputs: Inputs
    stored: list[Stored]
    places: list[Place]
    lines: int
    operations: list[Operation]
    tasks: Tasks
    row_cpu: Cpu
    hot_keys: list[HotKey]
    throttling: list[Throttling]
    by_lines: list[LinesRow]
    hot_rows: list[HotRow]
    months: tuple[Month, ...]
    """Of the mean load, by WAITS."""


def computed(inputs: Inputs) -> Capacity:
    """From the inputs, the service's own codecs and the committed benchmarks."""
    stored = facts_of_purchase()
    cpu = cpu_of_requests()
    where = places(stored, table_reads(operations(inputs, cpu, 1)), inputs)
    ages = {partitions(where[0], months, inputs): months for months in inputs.assumed.months}
    lines = min(ages)
    by_lines = [_by_lines(one, ages.get(one), inputs) for one in sorted({*FEW_LINES, *ages})]
    of = operations(inputs, cpu, lines)
    (now,) = (one.counting[0] for one in by_lines if one.lines == lines)
    return Capacity(
        inputs=inputs,
        stored=stored,
        places=where,
        lines=lines,
        operations=of,
        tasks=tasks(of, inputs.headline.writes * now.rows, projector_cpu(), inputs),
        row_cpu=projector_cpu(),
        hot_keys=hot_keys(inputs),
        throttling=throttling(inputs),
        by_lines=by_lines,
        hot_rows=hot_rows(inputs, lines),
        months=tuple(
            month(of, _counting(wait, inputs.headline.mean_writes, lines, inputs), where, inputs) for wait in WAITS
        ),
    )


def _by_lines(lines: int, months: int | None, inputs: Inputs) -> LinesRow:
    return LinesRow(
        lines,
        months,
        tuple(_counting(wait, inputs.headline.writes, lines, inputs) for wait in WAITS),
        shared_reads(inputs, lines),
        max(hot_rows(inputs, lines), key=lambda one: one.seconds),
    )


def _counting(wait: float, rate: float, lines: int, inputs: Inputs) -> Counting:
    batch = max(1.0, rate / lines * wait)
    kinds = kinds_of(inputs.crowd, wait)
    return counting(kinds, batch=batch, lines=lines, counted=inputs.headline.purchases_a_month)
