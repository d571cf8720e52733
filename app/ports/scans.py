"""Reading everything there is, in parallel segments: for making views again and for checking. No request leads here."""

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from app.domain.audit_seals import Seal
from app.domain.benefits import DefinedBenefit, Exercise
from app.domain.ledger import LedgerEntry
from app.domain.purchases import Purchase
from app.domain.reversals import Reversal
from app.domain.totals import Figures
from app.domain.view_rows import Countable, ViewRow
from app.ports.audit import KeptRow
from app.ports.ledger import Receipt, Tally
from app.ports.transactions import Guard
from app.ports.views import Generation, ViewId


@dataclass(frozen=True, slots=True)
class StoredPurchase:
    """A purchase or a reversal: what sums need of it, and all of it where that is checked."""

    figures: Figures
    purchase: Purchase | None
    reversal: Reversal | None = None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An item that cannot be read, and why, without any value of it."""

    key: str
    reason: str


Fact = StoredPurchase | LedgerEntry | Guard | Receipt | Tally | DefinedBenefit | Exercise | KeptRow | Seal | Unreadable


class FactScan(Protocol):
    """Every item of the facts, strongly consistent; each in one segment, in no order.

    Not a moment's picture: what is written meanwhile may or may not be there. Every method raises StoreUnavailable.
    """

    @property
    def segments(self) -> int:
        """How many there are; they can be read at once."""
        ...

    def figures(self, segment: int) -> AsyncIterator[Sequence[Countable | Unreadable]]:
        """What views need of purchases, reversals and ledger entries, in pieces."""
        ...

    def entries(self, segment: int) -> AsyncIterator[Sequence[LedgerEntry | Unreadable]]:
        """Ledger entries, in pieces."""
        ...

    def facts(self, segment: int) -> AsyncIterator[Sequence[Fact]]:
        """Purchases, reversals, ledger entries, guards, receipts and tallies, in pieces."""
        ...


@dataclass(frozen=True, slots=True)
class StoredView:
    """A row of a view as it lies in storage: its key as text, its attributes but the marks as text by name."""

    key: str
    content: Mapping[str, str]
    version: str = field(default="", compare=False)
    """Another one whenever something has been counted in it."""


class ViewScan(Protocol):
    """All rows of the views, strongly consistent. Every method raises StoreUnavailable."""

    @property
    def segments(self) -> int:
        """How many there are; they can be read at once."""
        ...

    def key(self, generation: Generation, view_id: ViewId) -> str:
        """Where a row lies."""
        ...

    def expected(self, generation: Generation, view_id: ViewId, row: ViewRow) -> StoredView:
        """How a row has to be stored."""
        ...

    def rows(self, generation: Generation, segment: int) -> AsyncIterator[Sequence[StoredView]]:
        """A generation's rows, in pieces."""
        ...

    async def read(self, keys: Collection[str]) -> Mapping[str, StoredView]:
        """Those of the rows that are there now, by key."""
        ...

    async def sweep(self, is_doomed: Callable[[int], bool]) -> int:
        """Deletes the rows, and what else is kept, of every generation with such a number. How many items."""
        ...
