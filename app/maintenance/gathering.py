"""Adding purchases and postings up into rows of a generation that nobody else knows yet, in bounded memory."""

import asyncio
from collections.abc import Collection, Sequence

from app.domain.view_rows import Countable, ViewRow
from app.ports.views import Generation, ViewId, ViewWriter
from app.projections.folding import rows_of


class Gathering:
    """Rows grow in memory. Once there are more than `bound`, all are stored and memory is empty again; from then on a
    row is loaded before it is added to. That is correct for any number of rows, and slower.

    Nobody else may write these rows meanwhile.
    """

    def __init__(self, writer: ViewWriter, generation: Generation, *, bound: int) -> None:
        self._writer = writer
        self._generation = generation
        self._bound = bound
        self._rows: dict[ViewId, ViewRow] = {}
        self._some_stored = False
        self._turn = asyncio.Lock()
        self.count = 0
        """Different rows so far."""

    async def add(self, facts: Sequence[Countable]) -> Collection[ViewId]:
        """Counts purchases, reversals and entries; the rows they count in. Raises StoreUnavailable."""
        shards = self._generation.shards
        contributions = [(view_id, counted, one) for one in facts for view_id, counted in rows_of(one, shards)]
        ids = {view_id for view_id, _, _ in contributions}
        async with self._turn:
            await self._make_ready(ids)
            for view_id, counted, one in contributions:
                self._rows[view_id].add(one, counted)
            if len(self._rows) > self._bound:
                await self._store()
        return ids

    async def store(self) -> None:
        """Stores everything that is in memory. Raises StoreUnavailable."""
        async with self._turn:
            await self._store()

    async def _make_ready(self, ids: Collection[ViewId]) -> None:
        missing = [view_id for view_id in ids if view_id not in self._rows]
        stored = await self._writer.load(self._generation, missing) if self._some_stored and missing else {}
        self.count += len(missing) - len(stored)
        for view_id in missing:
            self._rows[view_id] = stored.get(view_id) or ViewRow()

    async def _store(self) -> None:
        if self._rows:
            await self._writer.fill(self._generation, self._rows)
            self._rows.clear()
            self._some_stored = True
