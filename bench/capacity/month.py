"""What a month costs, in what AWS counts: units and gigabytes, without prices: pure."""

from dataclasses import dataclass

from bench.capacity.facts import Place, gigabytes
from bench.capacity.inputs import Inputs
from bench.capacity.operations import Operation
from bench.capacity.projecting import Counting


@dataclass(frozen=True, slots=True)
class Month:
    """Billions of units, and gigabytes that are added to what is there."""

    fact_writes: float
    view_writes: float
    reads: float
    gigabytes: float


def month(of: list[Operation], counting: Counting, stored: list[Place], inputs: Inputs) -> Month:
    """All of the month's purchases; reads in the same proportion to them as at the peak."""
    purchases = inputs.headline.purchases_a_month
    post, *reads = of
    read_units = sum(one.rate * one.read_units for one in reads) / inputs.headline.writes + post.read_units
    return Month(
        fact_writes=purchases * post.write_units / 10**9,
        view_writes=purchases * counting.units / 10**9,
        reads=purchases * read_units / 10**9,
        gigabytes=sum(gigabytes(place.bytes_each, 1, inputs) for place in stored),
    )
