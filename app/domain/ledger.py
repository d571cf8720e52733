"""The ledger is a passbook: each entry says what happened and what the account looks like after it.

Entries of one account (a user's points, miles or cashback) are numbered 1, 2, 3 ... without a gap and chained by
hash, so that an edited, removed or reordered entry is found. They are only ever added. What is decided, and how one
entry follows another, is in app.domain.decisions.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, Protocol

from app.domain.journal import EntryKind, Posting
from app.domain.kickbacks import KickbackType
from app.domain.lots import Allocation, Lot

GENESIS_HASH = "0" * 64
_ENCODER = json.JSONEncoder(ensure_ascii=True, check_circular=False, separators=(",", ":"))


class Account(NamedTuple):
    """One passbook: a user's balance of one kickback type. (A named tuple is hashed without Python: it is looked up a
    dozen times for each purchase.)"""

    user_id: str
    kind: KickbackType


class Before(Protocol):
    """What a next entry has to know of the one before it: see LedgerEntry, which is one, as a Tip is."""

    @property
    def account(self) -> Account:
        """Whose it is."""
        ...

    @property
    def version(self) -> int:
        """Its number."""
        ...

    @property
    def deficit(self) -> int:
        """What is owed after it."""
        ...

    @property
    def lots(self) -> tuple[Lot, ...]:
        """The open lots after it."""
        ...

    @property
    def posted_at(self) -> str:
        """When it took effect."""
        ...

    @property
    def lateness(self) -> int:
        """The latest of the account until then."""
        ...

    @property
    def hash(self) -> str:
        """The chain's end."""
        ...


class Tip(NamedTuple):
    """No more than that of an account's newest entry: every purchase reads one."""

    account: Account
    version: int
    deficit: int
    lots: tuple[Lot, ...]
    posted_at: str
    lateness: int
    hash: str


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One line. Instants are UTC text.

    `amount` is signed, `balance` what the account holds after it: what the open `lots` hold less the `deficit`, which
    is what was taken back and had been spent already. `effective_at` is when it happened, `posted_at` when it takes
    effect in the passbook: the same, but never before the entry before it. `lateness` is by how many seconds, at most,
    an entry of the account up to this one was posted after it happened. `rule` says how its expiry was found.
    """

    account: Account
    version: int
    kind: EntryKind
    amount: int
    balance: int
    deficit: int
    lots: tuple[Lot, ...]
    allocations: tuple[Allocation, ...]
    postings: tuple[Posting, ...]
    cause: str
    rule: str | None
    effective_at: str
    posted_at: str
    lateness: int
    recorded_at: str
    previous_hash: str
    hash: str
    due_on: date | None = None
    """The business day on which the account has something to expire because of this entry. Derived, for an index."""


def sealed(draft: LedgerEntry) -> LedgerEntry:
    """The draft itself, with its hash: only for one that nobody else has seen. A copy costs as much as its hash."""
    object.__setattr__(draft, "hash", entry_hash(draft))
    return draft


def entry_hash(entry: LedgerEntry) -> str:
    """SHA-256 over everything in the entry but the hash itself, in one fixed order."""
    content = [
        *entry.account,
        entry.version,
        entry.kind,
        entry.amount,
        entry.balance,
        entry.deficit,
        # There can be hundreds of lots, and this runs for each of them: no call more than needed.
        [[x.source, x.expires_on.isoformat() if x.expires_on else None, x.earned, x.remaining] for x in entry.lots],
        [[x.source, x.expires_on.isoformat() if x.expires_on else None, x.amount] for x in entry.allocations],
        entry.postings,
        entry.cause,
        entry.rule,
        entry.effective_at,
        entry.posted_at,
        entry.lateness,
        entry.recorded_at,
        entry.due_on.isoformat() if entry.due_on else None,
        entry.previous_hash,
    ]
    return hashlib.sha256(_ENCODER.encode(content).encode()).hexdigest()
