"""The audit trail: who did what, to whom or what, why, when, in which request, and how it ended. Only ever added to."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from app.callers import Caller


class AuditOutcome(StrEnum):
    """`DONE`: written together with what was done, in one transaction. `BEGUN`: written before it was tried, where both
    cannot be one transaction. `SHOWN`: written before the answer to a privileged read."""

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


class AuditTrail(Protocol):
    """For rows that are not part of another write."""

    async def append(self, row: AuditRow) -> None:
        """One write. Raises StoreUnavailable: then what the row is about must not be done or shown."""
        ...
