"""A writer of views that counts what it is given."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from app.domain.view_rows import ViewRow
from app.ports.views import Change, Generation, Saved, Unsavable, ViewId, ViewWriter
from app.store.limits import item_bytes, transaction_write_units
from app.store.view_codec import view_item
from app.store.wire import Item


@dataclass(slots=True)
class CountingWriter:
    """`rows` were saved; `batches` are the items, by call."""

    writer: ViewWriter
    rows: int = 0
    batches: list[list[Item]] = field(default_factory=list)

    async def load(self, generation: Generation, ids: Collection[ViewId]) -> dict[ViewId, ViewRow]:
        """As the writer does."""
        return await self.writer.load(generation, ids)

    async def save(self, generation: Generation, changes: Sequence[Change]) -> Sequence[Saved | Unsavable]:
        """As the writer does."""
        outcomes = await self.writer.save(generation, changes)
        self.rows += outcomes.count(Saved.SAVED)
        self.batches.append([view_item(generation, one.view_id, one.after) for one in changes])
        return outcomes

    async def fill(self, generation: Generation, rows: Mapping[ViewId, ViewRow]) -> None:
        """As the writer does."""
        await self.writer.fill(generation, rows)


@dataclass(slots=True)
class PricingWriter(CountingWriter):
    """`transaction_units` is what all rows would cost in transactions, however long those are."""

    transaction_units: float = 0.0

    async def save(self, generation: Generation, changes: Sequence[Change]) -> Sequence[Saved | Unsavable]:
        """As the writer does."""
        for one in changes:
            item = view_item(generation, one.view_id, one.after)
            self.transaction_units += transaction_write_units(
                [item], [item_bytes(item)], replacing=one.before is not None
            )
        return await CountingWriter.save(self, generation, changes)
