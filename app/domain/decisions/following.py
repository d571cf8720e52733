"""How one entry follows another, whatever happened."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo

from app.domain.journal import EntryKind, postings_of
from app.domain.ledger import GENESIS_HASH, Account, Before, LedgerEntry, sealed
from app.domain.lots import Allocation, Lot, total
from app.domain.periods import utc_text


@dataclass(frozen=True, slots=True)
class Moment:
    """When: `effective_at` in the world (`effective`: as UTC text), `recorded_at` here. `zone` is where business days
    begin."""

    effective_at: datetime
    recorded_at: datetime
    zone: tzinfo
    effective: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "effective", utc_text(self.effective_at))  # several entries may be decided with it

    def posted_after(self, head: Before | None) -> str:
        """When it takes effect in the passbook: never before what is there already."""
        return max(self.effective, head.posted_at) if head is not None else self.effective

    def present(self, head: Before | None) -> "Moment":
        """For what happens as it is recorded: not earlier than what was posted by a clock that is ahead of ours."""
        return Moment(instant_of(self.posted_after(head)), self.recorded_at, self.zone)


@dataclass(frozen=True, slots=True)
class Change:
    """What an entry changes: the open lots and the deficit after it, and where its amount went."""

    lots: tuple[Lot, ...]
    deficit: int
    allocations: tuple[Allocation, ...]
    rule: str | None = None
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Insufficient:
    """Refused: the account has less."""

    available: int
    missing: int


def instant_of(text: str) -> datetime:
    """The inverse of utc_text."""
    return datetime.fromisoformat(text).astimezone(UTC)


def followed(
    head: Before | None, account: Account, kind: EntryKind, change: Change, *, cause: str, moment: Moment
) -> LedgerEntry:
    """The entry that follows `head` (the account's newest, None for a new account)."""
    amount = sum([one.amount for one in change.allocations])
    effective, posted = moment.effective, moment.posted_after(head)
    return sealed(
        LedgerEntry(
            account=account,
            version=head.version + 1 if head else 1,
            kind=kind,
            amount=amount,
            balance=total(change.lots) - change.deficit,
            deficit=change.deficit,
            lots=change.lots,
            allocations=change.allocations,
            postings=postings_of(kind, account.kind, amount),
            cause=cause,
            rule=change.rule,
            effective_at=effective,
            posted_at=posted,
            lateness=max(head.lateness if head else 0, _late_by(effective, posted)),
            recorded_at=utc_text(moment.recorded_at),
            previous_hash=head.hash if head else GENESIS_HASH,
            hash="",
            due_on=change.due_on,
        )
    )


def lots_of(head: Before | None) -> tuple[Lot, ...]:
    """The open lots."""
    return head.lots if head is not None else ()


def deficit_of(head: Before | None) -> int:
    """What is owed."""
    return head.deficit if head is not None else 0


def _late_by(effective: str, posted: str) -> int:
    if effective == posted:
        return 0
    return -((instant_of(effective) - instant_of(posted)) // timedelta(seconds=1))  # rounded up
