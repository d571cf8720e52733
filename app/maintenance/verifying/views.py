"""All rows of the views against the fold of the facts, while both may be written.

The facts are read over some time and the rows over another, so a difference at first says little. What differs is
looked at again: the rows (A), then the facts, then, when everything committed up to there is counted, the rows again
(B). Where a row is the same in A and B, nothing was counted in it between; and as B holds everything that the reading
of the facts can have seen, what was read of them is exactly what the row must say.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.domain.view_rows import Countable, ViewRow
from app.maintenance.segments import read_all
from app.maintenance.verifying.counting import Counting
from app.maintenance.verifying.differences import Difference
from app.maintenance.verifying.view_rows import holds_more, row_differences
from app.ports.scans import FactScan, StoredView, Unreadable, ViewScan
from app.ports.views import Generation, ViewId
from app.projections.folding import rows_of

_ROUNDS = 5


@dataclass(slots=True)
class ViewFold:
    """Rows as the facts make them, those whose keys are `wanted`."""

    stored: ViewScan
    generation: Generation
    wanted: Callable[[str], bool]
    rows: dict[str, tuple[ViewId, ViewRow]] = field(default_factory=dict)

    def add(self, one: Countable) -> None:
        """Counts a purchase, a reversal or an entry's postings."""
        for view_id, counted in rows_of(one, self.generation.shards):
            key = self.stored.key(self.generation, view_id)
            if self.wanted(key):
                self.rows.setdefault(key, (view_id, ViewRow()))[1].add(one, counted)

    def expected(self, key: str) -> StoredView | None:
        """How the row has to be stored."""
        found = self.rows.get(key)
        return self.stored.expected(self.generation, *found) if found else None


@dataclass(slots=True)
class ViewResult:
    """`moving` rows were written whenever they were looked at; `dropped` hold more than the facts, as they do where
    retention drops purchases."""

    differences: list[Difference] = field(default_factory=list)
    moving: set[str] = field(default_factory=set)
    dropped: int = 0
    rows: int = 0


@dataclass(frozen=True, slots=True)
class ViewChecks:
    """What checking the views works with. `retention`: purchases may have been dropped from the facts."""

    facts: FactScan
    stored: ViewScan
    counting: Counting
    now: Callable[[], datetime]
    retention: bool

    async def suspects(self, fold: ViewFold, result: ViewResult) -> set[str]:
        """The keys of rows that differ from the fold at first sight."""
        suspects: set[str] = set()
        missing = set(fold.rows)

        async def compare(page: Sequence[StoredView]) -> None:
            for one in page:
                if fold.wanted(one.key):
                    result.rows += 1
                    missing.discard(one.key)
                    if fold.expected(one.key) != one:
                        suspects.add(one.key)

        await read_all(self.stored.segments, lambda segment: self.stored.rows(fold.generation, segment), compare)
        return suspects | missing

    async def settle(self, generation: Generation, suspects: Collection[str], result: ViewResult) -> bool:
        """Looks again at what differs until it is certain. False when the projector does not keep up."""
        left = set(suspects)
        for _ in range(_ROUNDS):
            if not left:
                return True
            before = await self.stored.read(left)
            fold = await self._fold(generation, left)
            if not await self.counting.is_done(generation, self.now()):
                return False
            after = await self.stored.read(left)
            moved = {key for key in left if _version(before, key) != _version(after, key)}
            for key in left - moved:
                self._judge(fold.expected(key), after.get(key), result)
            left = moved
        result.moving |= left
        return True

    async def _fold(self, generation: Generation, keys: Collection[str]) -> ViewFold:
        fold = ViewFold(self.stored, generation, set(keys).__contains__)

        async def count(page: Sequence[Countable | Unreadable]) -> None:
            for one in page:
                if not isinstance(one, Unreadable):  # which the check of the facts reports
                    fold.add(one)

        await read_all(self.facts.segments, self.facts.figures, count)
        return fold

    def _judge(self, expected: StoredView | None, found: StoredView | None, result: ViewResult) -> None:
        if self.retention and holds_more(expected, found):
            result.dropped += 1
        else:
            result.differences.extend(row_differences(expected, found))


def _version(rows: Mapping[str, StoredView], key: str) -> str | None:
    found = rows.get(key)
    return found.version if found else None
