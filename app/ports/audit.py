"""The audit trail: who did what, to whom or what, why, when, in which request, and how it ended. Only ever added to."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from app.callers import Caller
from app.domain.audit import row_hash
from app.domain.audit_seals import Seal
from app.ports.pages import Position


class AuditOutcome(StrEnum):
    """`DONE`: written together with what was done, in one transaction. `BEGUN`: written before it was tried, where both
    cannot be one transaction. `SHOWN`: written before the answer to a privileged read. Stored; renaming a member is a
    migration."""

    DONE = "DONE"
    BEGUN = "BEGUN"
    SHOWN = "SHOWN"


@dataclass(frozen=True, slots=True)
class AuditRow:
    """`at`: UTC text with microseconds. `action`: the command (`purchase.record`, `points.redeem`, `card.detokenize`),
    or the route of a read (`GET /users/{id}/ledger`). `about`: what it concerns, like `user:hanako`,
    `transaction:txn001`."""

    at: str
    caller: Caller
    action: str
    about: tuple[str, ...]
    outcome: AuditOutcome

    @property
    def hash(self) -> str:
        """Of all that it says, made anew each time."""
        caller = self.caller
        return row_hash(
            self.at, caller.actor, self.action, self.outcome.value, caller.request_id, self.about, caller.reason
        )


@dataclass(frozen=True, slots=True)
class KeptRow:
    """A row as it lies there. `hash` is what it was written with, which is no longer the row's own where somebody has
    changed it."""

    row: AuditRow
    hash: str


class AuditTrail(Protocol):
    """For rows that are not part of another write."""

    async def append(self, row: AuditRow) -> None:
        """One write. Raises StoreUnavailable: then what the row is about must not be done or shown."""
        ...


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """Rows from `first` to `last` (UTC texts, both included); only those by `actor`, only those about `about`."""

    first: str
    last: str
    actor: str | None = None
    about: str | None = None

    def wants(self, row: AuditRow) -> bool:
        """Whether it is one of them, by who and what."""
        return (self.actor is None or row.caller.actor == self.actor) and (
            self.about is None or self.about in row.about
        )


@dataclass(frozen=True, slots=True)
class AuditPage:
    """`next_position` is None when nothing follows. A page is short, or even empty, where many rows had to be read to
    find the few that were wanted: then it goes on behind `next_position`."""

    rows: Sequence[KeptRow]
    next_position: Position | None


class AuditRows(Protocol):
    """Reading the trail. Every method raises StoreUnavailable."""

    async def page(self, query: AuditQuery, *, limit: int, after: Position | None) -> AuditPage:
        """Newest first. Costs a read for each shard of each hour that is not sealed as one without rows. Raises
        UnreadableRow."""
        ...

    def rows(self, since: str, until: str) -> AsyncIterator[Sequence[KeptRow]]:
        """All with `since` <= at < `until`, in the order in which seals take them, strongly consistent. Raises
        UnreadableRow."""
        ...


class UnreadableRow(Exception):
    """An item of the trail that is no row; `key` says where."""

    def __init__(self, key: str) -> None:
        super().__init__(f"no row of the audit trail: {key}")
        self.key = key


class Seals(Protocol):
    """The chain of seals. Every method raises StoreUnavailable; those that read, UnreadableRow."""

    async def newest(self) -> Seal | None:
        """The last one, strongly consistent."""
        ...

    def all(self) -> AsyncIterator[Sequence[Seal]]:
        """By number, a page at a time, strongly consistent."""
        ...

    def back(self, last: str) -> AsyncIterator[Sequence[Seal]]:
        """Newest first, a page at a time, beginning not before the one that covers the instant (UTC text)."""
        ...

    async def add(self, seal: Seal) -> bool:
        """False when there is one of that number: this one, when an earlier sending of it had been a success. Raises
        OutcomeUnknown when no answer came."""
        ...
