"""What each operation of the headline consumes, and how much of all of them together: pure but for the benchmarks."""

from dataclasses import dataclass
from math import ceil

from bench.capacity.inputs import Inputs
from bench.capacity.items import facts_of_purchase
from bench.capacity.measured import Cpu
from bench.capacity.shared_reads import units
from bench.capacity.view_items import card_row, leaderboard_row

PAGE = 50
TOP = 10


@dataclass(frozen=True, slots=True)
class Operation:
    """`rate` a second at the peak; units of one; `cpu` of one."""

    what: str
    rate: float
    calls: int
    read_units: float
    write_units: float
    cpu: Cpu
    of_views: bool = False

    @property
    def cores(self) -> float:
        """That are busy with it, of the machine on which it was measured."""
        return self.rate * self.cpu.milliseconds / 1000


def operations(inputs: Inputs, cpu: dict[str, Cpu], lines: int) -> list[Operation]:
    """Recording and the four reads, over so many lines of stream shards."""
    head, mix, shards = inputs.headline, inputs.mix, inputs.crowd.view_shards
    write_units = sum(one.units for one in facts_of_purchase())
    return [
        Operation("POST /transactions", head.writes, 2, 1.0, write_units, cpu["post"]),
        Operation("history, a page of 50", head.reads * mix.history, 1, page_units(PAGE), 0.0, cpu["history"]),
        Operation("balance of one type", head.reads * mix.balance, 1, 1.0, 0.0, cpu["balance"]),
        Operation(
            "ranking of a month, top 10",
            head.reads * mix.ranking,
            shards,
            ranking_units(shards),
            0.0,
            cpu["ranking"],
            of_views=True,
        ),
        Operation(
            "efficiency of a calendar year",
            head.reads * mix.efficiency,
            1,
            units(12 * card_row().with_marks(lines), consistent=False),
            0.0,
            cpu["efficiency"],
            of_views=True,
        ),
    ]


def table_reads(of: list[Operation]) -> float:
    """Read units a second of the facts table: all but rankings and efficiency, which read views."""
    return sum(one.rate * one.read_units for one in of if not one.of_views)


def page_units(limit: int, item_bytes: int | None = None) -> float:
    """Of a page of purchases, and the one more that tells whether another page follows."""
    size = item_bytes or next(one.item_bytes for one in facts_of_purchase() if one.what == "purchase")
    return units((limit + 1) * size, consistent=True)


def ranking_units(shards: int) -> float:
    """One Query for each shard, of eleven rows without marks at most. The period's categories are read for many
    rankings at once: see bench.capacity.shared_reads."""
    return shards * units((TOP + 1) * leaderboard_row().base, consistent=False)


@dataclass(frozen=True, slots=True)
class Tasks:
    """Of one CPU each, one worker each, with head room."""

    service: int
    projector: int


def tasks(of: list[Operation], rows_a_second: float, row_cpu: Cpu, inputs: Inputs) -> Tasks:
    """`rows_a_second`: view rows that are saved."""
    busy = sum(one.cores for one in of)
    projecting = rows_a_second * row_cpu.milliseconds / 1000
    return Tasks(ceil(busy / inputs.assumed.headroom), ceil(projecting / inputs.assumed.headroom))
