"""What the facts table needs: units, storage, partitions and shards: pure."""

from dataclasses import dataclass
from math import ceil

from bench.capacity.inputs import Inputs
from bench.capacity.items import TABLE, Stored


@dataclass(frozen=True, slots=True)
class Place:
    """The table or one of its indexes. `units` and `reads`: write and read units a second at the peak; `bytes_each`:
    storage of one purchase, with what DynamoDB adds; `partitions`: for both kinds of units, with head room;
    `over_quota`: more than AWS gives unasked."""

    where: str
    units: float
    reads: float
    bytes_each: int
    partitions: int
    over_quota: bool


def places(stored: list[Stored], table_reads: float, inputs: Inputs) -> list[Place]:
    """One for the table and each index, in order. No operation of the headline reads an index."""
    found = []
    rules = inputs.rules
    for where in dict.fromkeys(one.where for one in stored):
        here = [one for one in stored if one.where == where]
        units = inputs.headline.writes * sum(one.units for one in here)
        reads = table_reads if where == TABLE else 0.0
        found.append(
            Place(
                where,
                units,
                reads,
                sum(one.item_bytes + rules.item_overhead for one in here),
                ceil((units / rules.partition_writes + reads / rules.partition_reads) / inputs.assumed.headroom),
                max(units, reads) > rules.table_quota,
            )
        )
    return found


def gigabytes(bytes_each: int, months: int, inputs: Inputs) -> float:
    """Of so many months of purchases."""
    return bytes_each * inputs.headline.purchases_a_month * months / 10**9


def partitions(table: Place, months: int, inputs: Inputs) -> int:
    """Of a table this old: as many as its bytes or its units need. Each has one open shard in the stream."""
    full = inputs.rules.partition_bytes * inputs.assumed.partitions_full
    return max(table.partitions, ceil(gigabytes(table.bytes_each, months, inputs) * 10**9 / full))


def shards_needed(share: float, units: float, inputs: Inputs) -> int:
    """Of a key with this share of the peak, so that none of its shards uses more than the head room allows."""
    return ceil(share * inputs.headline.writes * units / (inputs.rules.partition_writes * inputs.assumed.headroom))


def limit(share: float, units: float, shards: int, inputs: Inputs) -> float:
    """Purchases a second at which one shard of a key with this share is at its partition's limit."""
    return inputs.rules.partition_writes * shards / (share * units)
