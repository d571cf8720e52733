"""The ViewWriter port in memory."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from app.domain.view_rows import ViewRow
from app.ports.views import Change, Generation, Saved, Unsavable, ViewId


@dataclass(slots=True)
class FakeViews:
    """See the port. `called` is asked before every call: it may raise StoreUnavailable.

    `outcome` is asked for each row to be saved: None saves it as usual; Saved.UNAVAILABLE does not save it, or, with
    `lose_answers`, saves it and says UNAVAILABLE all the same.
    """

    rows: dict[tuple[int, ViewId], ViewRow] = field(default_factory=dict)
    called: Callable[[str], None] = lambda _: None
    outcome: Callable[[ViewId], Saved | Unsavable | None] = lambda _: None
    lose_answers: bool = False

    async def load(self, generation: Generation, ids: Collection[ViewId]) -> dict[ViewId, ViewRow]:
        await self._call("load")
        wanted = {view_id: self.rows.get((generation.number, view_id)) for view_id in ids}
        return {view_id: row.copy() for view_id, row in wanted.items() if row is not None}

    async def save(self, generation: Generation, changes: Sequence[Change]) -> Sequence[Saved | Unsavable]:
        outcomes = []
        for change in changes:
            await self._call("save")
            outcomes.append(self._save(generation, change))
        return outcomes

    async def fill(self, generation: Generation, rows: Mapping[ViewId, ViewRow]) -> None:
        for view_id, row in rows.items():
            await self._call("fill")
            self.rows[generation.number, view_id] = row.copy()

    def of(self, generation: int) -> dict[ViewId, ViewRow]:
        """The rows of a generation."""
        return {view_id: row for (number, view_id), row in self.rows.items() if number == generation}

    def _save(self, generation: Generation, change: Change) -> Saved | Unsavable:
        injected = self.outcome(change.view_id)
        if isinstance(injected, Unsavable) or (injected is Saved.UNAVAILABLE and not self.lose_answers):
            return injected
        key = (generation.number, change.view_id)
        there = self.rows.get(key)
        if (there is None) != (change.before is None):
            return Saved.STALE
        if there is not None and change.before is not None and there.marks != change.before.marks:
            return Saved.STALE
        self.rows[key] = change.after.copy()
        return injected or Saved.SAVED

    async def _call(self, name: str) -> None:
        self.called(name)
        await asyncio.sleep(0)
