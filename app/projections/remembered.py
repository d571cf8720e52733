"""Rows that this process saved last, so that a hot row is not read before each write. Bounded."""

from collections import OrderedDict
from collections.abc import Iterable

from app.domain.view_rows import ViewRow
from app.ports.views import Generation, ViewId


class RememberedRows:
    """The last `size` rows. Rows are never changed in place: a change is a copy."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._rows: OrderedDict[tuple[int, ViewId], ViewRow] = OrderedDict()

    def known(self, generation: Generation, ids: Iterable[ViewId]) -> dict[ViewId, ViewRow]:
        """Those of the rows that are remembered."""
        found = {}
        for view_id in ids:
            row = self._rows.get((generation.number, view_id))
            if row is not None:
                found[view_id] = row
        return found

    def remember(self, generation: Generation, view_id: ViewId, row: ViewRow) -> None:
        """As it was saved; the oldest beyond the bound is forgotten."""
        key = (generation.number, view_id)
        self._rows[key] = row
        self._rows.move_to_end(key)
        if len(self._rows) > self._size:
            self._rows.popitem(last=False)

    def forget(self, generation: Generation, view_id: ViewId) -> None:
        """It may have been changed by somebody else."""
        self._rows.pop((generation.number, view_id), None)

    def __len__(self) -> int:
        return len(self._rows)
