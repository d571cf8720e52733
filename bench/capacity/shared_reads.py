"""What every process reads of the views again and again, from one partition each: pure."""

from dataclasses import dataclass
from math import ceil

from bench.capacity.inputs import KILOBYTE, Inputs
from bench.capacity.items import progress_bytes
from bench.capacity.view_items import category_row

READ_BYTES = 4 * KILOBYTE
STATE_READS = 2
"""A second, by each process: app.queries.freshness keeps what it knows for half a second, and with it the categories
of the periods that are asked for."""


@dataclass(frozen=True, slots=True)
class SharedReads:
    """With so many lines. `state_units` of reading how far the views are; `processes`: as many as may do so twice a
    second; `saves`: write units a second of the same partition, when each line's place and lease are kept.
    `category_units`: of reading a period's categories, which rankings need; `category_processes`: as many as may do so
    as often."""

    lines: int
    state_bytes: int
    state_units: float
    processes: int
    saves: float
    category_units: float
    category_processes: int


def shared_reads(inputs: Inputs, lines: int) -> SharedReads:
    """Progress is kept of open shards, and of closed ones as long as the stream lists them."""
    state = progress_bytes() * lines * (1 + inputs.assumed.closed_shards)
    state_units = 1 + units(state, consistent=True)
    categories = category_row().with_marks(lines) * inputs.crowd.categories
    category_units = units(categories, consistent=False)
    reads = inputs.rules.partition_reads
    return SharedReads(
        lines=lines,
        state_bytes=state,
        state_units=state_units,
        processes=int(reads / state_units / STATE_READS),
        saves=lines * (1 / inputs.assumed.batch_seconds + LEASES),
        category_units=category_units,
        category_processes=int(reads / category_units / STATE_READS),
    )


LEASES = 0.6
"""A second, for each line: a lease of five seconds is said again every third of it."""


def units(read_bytes: float, *, consistent: bool) -> float:
    """Of one read, of so many bytes in all."""
    return max(1, ceil(read_bytes / READ_BYTES)) * (1.0 if consistent else 0.5)
