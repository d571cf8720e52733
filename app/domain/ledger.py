"""The ledger is a passbook: each entry says what happened and what the account looks like after it.

Entries of one account (a user's points, miles or cashback) are numbered 1, 2, 3 ... without a gap and chained by
hash, so that an edited, removed or reordered entry is found. They are only ever added.
"""

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from app.domain.journal import Posting, earn_postings
from app.domain.kickbacks import KickbackType
from app.domain.lots import Lot, add_to_lots
from app.domain.periods import utc_text

GENESIS_HASH = "0" * 64


class EntryKind(StrEnum):
    """What happened. Stored; renaming a member is a migration."""

    EARN = "EARN"


@dataclass(frozen=True, slots=True)
class Account:
    """One passbook: a user's balance of one kickback type."""

    user_id: str
    kind: KickbackType


@dataclass(frozen=True, slots=True)
class Allocation:
    """How much of the entry went into (positive) or came from (negative) a lot."""

    lot_id: str
    amount: int


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One line. `amount` is signed, `balance` what the account holds after it; instants are UTC text."""

    account: Account
    version: int
    kind: EntryKind
    amount: int
    balance: int
    lots: tuple[Lot, ...]
    allocations: tuple[Allocation, ...]
    postings: tuple[Posting, ...]
    cause: str
    effective_at: str
    recorded_at: str
    previous_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class Earning:
    """The command: `amount` earned by `cause` at `effective_at`, valid through `expires_on`."""

    account: Account
    amount: int
    source: str
    cause: str
    expires_on: date | None
    effective_at: datetime
    recorded_at: datetime


def decide_earn(head: LedgerEntry | None, earning: Earning) -> LedgerEntry:
    """The entry that follows `head` (the account's newest, None for a new account)."""
    if earning.amount <= 0:
        raise ValueError("an earning is more than nothing")
    lot = Lot(earning.source, earning.expires_on, earning.amount, earning.amount)
    entry = LedgerEntry(
        account=earning.account,
        version=head.version + 1 if head else 1,
        kind=EntryKind.EARN,
        amount=earning.amount,
        balance=(head.balance if head else 0) + earning.amount,
        lots=add_to_lots(head.lots if head else (), lot),
        allocations=(Allocation(lot.lot_id, earning.amount),),
        postings=earn_postings(earning.account.kind, earning.amount),
        cause=earning.cause,
        effective_at=utc_text(earning.effective_at),
        recorded_at=utc_text(earning.recorded_at),
        previous_hash=head.hash if head else GENESIS_HASH,
        hash="",
    )
    return _sealed(entry)


def _sealed(entry: LedgerEntry) -> LedgerEntry:
    return replace(entry, hash=entry_hash(entry))


def entry_hash(entry: LedgerEntry) -> str:
    """SHA-256 over everything in the entry but the hash itself, in one fixed order."""
    content = [
        entry.account.user_id,
        entry.account.kind.value,
        entry.version,
        entry.kind.value,
        entry.amount,
        entry.balance,
        [
            [lot.source, lot.expires_on.isoformat() if lot.expires_on else None, lot.earned, lot.remaining]
            for lot in entry.lots
        ],
        [[allocation.lot_id, allocation.amount] for allocation in entry.allocations],
        [[posting.account, posting.debit, posting.credit] for posting in entry.postings],
        entry.cause,
        entry.effective_at,
        entry.recorded_at,
        entry.previous_hash,
    ]
    return hashlib.sha256(json.dumps(content, ensure_ascii=True, separators=(",", ":")).encode()).hexdigest()
