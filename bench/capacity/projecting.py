"""What counting purchases in the views costs, by how many a projector counts at once and of how many lines: pure.

A line is an open shard of the stream and those before it; the table has one for each of its partitions. A projector
counts a batch of one line at a time, and saves each row that it touches once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from bench.capacity.inputs import KILOBYTE, Crowd, Inputs
from bench.capacity.shares import Shares, even, expected_distinct, largest, of_list, together, touched, zipf
from bench.capacity.view_items import (
    RowBytes,
    card_row,
    category_row,
    journal_entry_bytes,
    journal_row,
    leaderboard_row,
    user_row,
)

CATEGORY_ROW = "category's month, year"
INDEX_UNITS = 2
"""A row that moves in a ranking is taken out of ScoreIndex and put back."""


@dataclass(frozen=True, slots=True)
class RowKind:
    """Rows of one kind. A purchase counts in `each` of them; `shares` are those of one. `of_one_line`: all of a row's
    purchases come over the same line. `more_bytes`: what a purchase adds to its row, for good."""

    name: str
    each: int
    shares: Shares
    size: RowBytes
    indexed: bool = False
    of_one_line: bool = False
    more_bytes: float = 0.0

    def units(self, marks: float) -> int:
        """Write units of saving a row with so many marks."""
        return ceil(self.size.with_marks(marks) / KILOBYTE) + (INDEX_UNITS if self.indexed else 0)


@dataclass(frozen=True, slots=True)
class Counting:
    """For each purchase, on average: rows that are saved, and the write units of that."""

    rows: float
    units: float


def row_kinds(
    categories: Shares, cards: Shares, merchants: Shares, users: Shares, *, shards: int, seconds: float
) -> list[RowKind]:
    """The thirteen rows of a purchase that earns. `seconds`: how many different ones a batch tells of."""
    return [
        RowKind("card in a category's month, year", 2, together(categories, cards), leaderboard_row(), indexed=True),
        RowKind("merchant in a category's month, year", 2, merchants, leaderboard_row(), indexed=True),
        RowKind(
            "user in a category's month, year",
            2,
            together(users, categories),
            user_row(),
            indexed=True,
            of_one_line=True,
        ),
        RowKind(CATEGORY_ROW, 2, categories, category_row()),
        RowKind("card's day, month", 2, cards, card_row()),
        RowKind("journal's month, hour", 2, even(shards), journal_row()),
        RowKind(
            "journal's second", 1, even(shards * max(seconds, 1.0)), journal_row(), more_bytes=journal_entry_bytes()
        ),
    ]


def kinds_of(crowd: Crowd, seconds: float) -> list[RowKind]:
    """Of the headline's crowd."""
    return row_kinds(
        of_list(crowd.category_shares),
        zipf(crowd.cards),
        zipf(crowd.merchants),
        zipf(crowd.users),
        shards=crowd.view_shards,
        seconds=seconds,
    )


def rows_saved(kinds: Sequence[RowKind], batch: float) -> float:
    """For each purchase of a batch of so many."""
    return sum(kind.each * expected_distinct(kind.shares, batch) for kind in kinds) / batch


def counting(kinds: Sequence[RowKind], *, batch: float, lines: int, counted: float) -> Counting:
    """`counted`: purchases that are in the rows already, spread evenly over the lines."""
    units = sum(_units(kind, batch, lines, counted) for kind in kinds)
    return Counting(rows_saved(kinds, batch), units / batch)


def _units(kind: RowKind, batch: float, lines: int, counted: float) -> float:
    total = 0.0
    for group in kind.shares:
        marks = 1.0 if kind.of_one_line else lines * touched(1 / lines, counted * group.share)
        total += kind.each * group.members * touched(group.share, batch) * kind.units(marks)
    return total


@dataclass(frozen=True, slots=True)
class HotRow:
    """The row of its kind that is written most. `writes` a second, `units` of each without the index; `seconds`: what a
    projector has to collect of a line before it counts, so that the row's partition and its writers keep up."""

    name: str
    share: float
    bytes: float
    writes: float
    units: int
    seconds: float


def hot_rows(inputs: Inputs, lines: int) -> list[HotRow]:
    """At the peak, when every line is counted once in `batch_seconds`."""
    wait = inputs.assumed.batch_seconds
    rate = inputs.headline.writes
    return [_hot_row(kind, inputs, lines, wait, rate) for kind in kinds_of(inputs.crowd, wait) if not kind.of_one_line]


def hot_category(inputs: Inputs, lines: int, wait: float, rate: float) -> HotRow:
    """The row of the hottest category's month, when every line is counted once in `wait` seconds, at that rate."""
    (kind,) = (one for one in kinds_of(inputs.crowd, wait) if one.name == CATEGORY_ROW)
    return _hot_row(kind, inputs, lines, wait, rate)


def _hot_row(kind: RowKind, inputs: Inputs, lines: int, wait: float, rate: float) -> HotRow:
    share = largest(kind.shares)
    grown = kind.more_bytes * rate * wait * share / 2  # on average over the time in which it grows
    size = kind.size.with_marks(lines) + grown
    units = ceil(size / KILOBYTE)
    writes = lines / wait * touched(share, rate / lines * wait)
    needed = lines * max(units / inputs.rules.partition_writes, inputs.assumed.cycle_seconds)
    return HotRow(kind.name, share, size, writes, units, needed)


def most_lines(inputs: Inputs) -> int:
    """With so many a row that all of them count in is larger than an item can be."""
    size = category_row()
    return int((inputs.rules.item_bytes - size.base) / size.mark)
