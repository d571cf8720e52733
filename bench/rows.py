"""What is measured: the rows of the table, and the bare calls that each is compared with."""

from dataclasses import dataclass
from enum import StrEnum


class Work(StrEnum):
    """One kind of request to the service."""

    HISTORY = "history page of 50"
    POST = "single POST"
    BATCH = "batch import"
    RANKING = "ranking over 16 shards"


class Bare(StrEnum):
    """What is asked of DynamoDB Local directly."""

    HISTORY = "1 Query"
    POST = "Query, transaction"
    SINGLES = "transactions of 1"
    GROUPS = "grouped transactions"
    RANKING = "16 Queries"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: the service's work beside the bare calls that do the same."""

    work: Work
    bare: Bare


ROWS = (
    Row(Work.HISTORY, Bare.HISTORY),
    Row(Work.POST, Bare.POST),
    Row(Work.BATCH, Bare.SINGLES),
    Row(Work.BATCH, Bare.GROUPS),
    Row(Work.RANKING, Bare.RANKING),
)


@dataclass(frozen=True, slots=True)
class Sample:
    """One measurement: how much was done, in how long, for how much CPU time (None: it cannot be read here)."""

    done: int
    seconds: float
    cpu_seconds: float | None

    @property
    def per_second(self) -> float:
        """Requests, or purchases, per second."""
        return self.done / self.seconds

    @property
    def cpu_ms(self) -> float | None:
        """CPU milliseconds for each request, or purchase."""
        return None if self.cpu_seconds is None else 1000 * self.cpu_seconds / self.done
