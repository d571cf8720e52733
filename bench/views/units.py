"""Write units that one purchase costs, all views included, by how many the projector counts at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from app.bootstrap.binding import valuation
from app.bootstrap.projector import backoff, view_writer_of
from app.domain.purchases import Purchase
from app.domain.view_rows import ViewRow
from app.ports.views import Generation, ViewId
from app.projections.applying import Applying, apply
from app.projections.folding import Event, counted_in, folded
from app.projections.remembered import RememberedRows
from app.settings import Settings
from app.stream.marks import mark_of
from app.telemetry import start_cost
from bench.http_client import Unexpected
from bench.recorder import ServiceCalls
from bench.views.counting import PricingWriter
from bench.views.crowd import Crowd, booking_of, figures_of, purchases

CROWD = Crowd()
# At once, and so many of the purchases that are measured: small batches write more rows for each.
SHARES = {1: 0.05, 25: 0.125, 100: 0.25, 1000: 1.0}
_MONTH = "2023-05"
_SOURCE = "bench"
_GENERATION = 900_001
_REMEMBERED_ROWS = 20_000
_RECORDS = 2


@dataclass(frozen=True, slots=True)
class Units:
    """For each purchase. `singles`: as DynamoDB Local reports them for single conditional puts; `grouped`: by the
    published rule, for transactions."""

    batch: int
    purchases: int
    rows: float
    reads: float
    singles: float
    grouped: float


@dataclass(frozen=True, slots=True)
class UnitsResult:
    """`facts`: the purchase itself, its guard and its ledger entry in one transaction."""

    crowd: str
    warm: int
    facts: float
    batches: Sequence[Units]


async def measure_units(settings: Settings, client: Any, *, warm: int, measured: int) -> UnitsResult:
    """`warm` purchases are in the views before; then up to `measured` more for each batch size."""
    generation = Generation(_GENERATION, settings.view_shards, valuation(settings), "")
    writer = PricingWriter(view_writer_of(settings.model_copy(update={"view_group": 1}), client))
    amounts = {batch: max(batch, round(measured * share)) for batch, share in SHARES.items()}
    made = purchases("units", CROWD, _MONTH, warm + sum(amounts.values()))
    events = _events(made)
    await writer.fill(generation, _rows(list(islice(events, _RECORDS * warm)), generation.shards))
    using = Applying(writer, RememberedRows(_REMEMBERED_ROWS), backoff())
    batches = [await _measure(events, batch, amount, generation, writer, using) for batch, amount in amounts.items()]
    return UnitsResult(str(CROWD), warm, await _facts(settings), batches)


async def _measure(
    events: Iterator[Event], batch: int, amount: int, generation: Generation, writer: PricingWriter, using: Applying
) -> Units:
    cost = start_cost()
    writer.rows, writer.transaction_units, writer.batches = 0, 0.0, []
    left = amount
    while left > 0:
        purchases_now = min(batch, left)
        some = list(islice(events, _RECORDS * purchases_now))
        applied = await apply(some, _SOURCE, generation, using=using)
        if applied.waiting or applied.refused:
            raise Unexpected("not every purchase was counted")
        left -= purchases_now
    return Units(
        batch=batch,
        purchases=amount,
        rows=writer.rows / amount,
        reads=cost.read_units / amount,
        singles=cost.write_units / amount,
        grouped=writer.transaction_units / amount,
    )


async def _facts(settings: Settings) -> float:
    """The mean over some purchases, each recorded alone."""
    calls, some = ServiceCalls(settings), list(purchases("facts", CROWD, _MONTH, 50))
    cost = start_cost()
    for one in some:
        await calls.write([one], {})
    return cost.write_units / len(some)


def _events(made: Iterator[Purchase]) -> Iterator[Event]:
    """The records of each: the purchase and its ledger entry."""
    for number, purchase in enumerate(made):
        place = str(_RECORDS * number + 1)
        yield Event(place, mark_of(0, place), figures_of(purchase))
        place = str(_RECORDS * number + 2)
        yield Event(place, mark_of(0, place), booking_of(purchase, number))


def _rows(events: Sequence[Event], shards: int) -> dict[ViewId, ViewRow]:
    rows = {view_id: counted_in(None, _SOURCE, of) for view_id, of in folded(events, shards).items()}
    return {view_id: row for view_id, row in rows.items() if row is not None}
