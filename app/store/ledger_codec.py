"""Ledger entries and guards as DynamoDB items and back. Renaming an attribute is a migration."""

from datetime import date
from typing import Any

import msgspec

from app.domain.journal import Posting
from app.domain.kickbacks import KickbackType
from app.domain.ledger import Account, Allocation, EntryKind, LedgerEntry
from app.domain.lots import Lot
from app.ports.transactions import Earned, Guard
from app.store import keys
from app.store.wire import Item, ListValue, Number, Text, Value, number, text


class LedgerRow(msgspec.Struct, kw_only=True):
    """A stored ledger entry."""

    userId: Text
    ledgerType: Text
    version: Number
    kind: Text
    amount: Number
    balance: Number
    lots: ListValue
    allocations: ListValue
    postings: ListValue
    cause: Text
    effectiveAt: Text
    recordedAt: Text
    previousHash: Text
    hash: Text


class GuardRow(msgspec.Struct, kw_only=True):
    """A stored guard."""

    transactionId: Text
    userId: Text
    transactionDate: Text
    fingerprint: Text
    createdAt: Text
    ledgerType: Text | None = None
    ledgerVersion: Number | None = None
    ledgerBalance: Number | None = None
    ledgerExpiresOn: Text | None = None


def ledger_item(entry: LedgerEntry) -> Item:
    """The item of an entry."""
    account = entry.account
    return {
        "PK": text(keys.user_pk(account.user_id)),
        "SK": text(keys.ledger_sk(account.kind, entry.version)),
        "userId": text(account.user_id),
        "ledgerType": text(account.kind.value),
        "version": number(entry.version),
        "kind": text(entry.kind.value),
        "amount": number(entry.amount),
        "balance": number(entry.balance),
        "lots": _list(
            [_list([text(x.source), _day(x.expires_on), number(x.earned), number(x.remaining)]) for x in entry.lots]
        ),
        "allocations": _list([_list([text(x.lot_id), number(x.amount)]) for x in entry.allocations]),
        "postings": _list([_list([text(x.account), number(x.debit), number(x.credit)]) for x in entry.postings]),
        "cause": text(entry.cause),
        "effectiveAt": text(entry.effective_at),
        "recordedAt": text(entry.recorded_at),
        "previousHash": text(entry.previous_hash),
        "hash": text(entry.hash),
    }


def entry_of(row: LedgerRow) -> LedgerEntry:
    """The entry a row holds."""
    return LedgerEntry(
        account=Account(row.userId.S, KickbackType(row.ledgerType.S)),
        version=int(row.version.N),
        kind=EntryKind(row.kind.S),
        amount=int(row.amount.N),
        balance=int(row.balance.N),
        lots=tuple(_lot(member.L or []) for member in row.lots.L),
        allocations=tuple(_allocation(member.L or []) for member in row.allocations.L),
        postings=tuple(_posting(member.L or []) for member in row.postings.L),
        cause=row.cause.S,
        effective_at=row.effectiveAt.S,
        recorded_at=row.recordedAt.S,
        previous_hash=row.previousHash.S,
        hash=row.hash.S,
    )


def guard_item(guard: Guard) -> Item:
    """The item of a guard."""
    item: Item = {
        "PK": text(keys.guard_pk(guard.transaction_id)),
        "SK": text(keys.GUARD_SK),
        "transactionId": text(guard.transaction_id),
        "userId": text(guard.user_id),
        "transactionDate": text(guard.transaction_date.isoformat()),
        "fingerprint": text(guard.fingerprint),
        "createdAt": text(guard.created_at),
    }
    if guard.earned is not None:
        item["ledgerType"] = text(guard.earned.kind.value)
        item["ledgerVersion"] = number(guard.earned.version)
        item["ledgerBalance"] = number(guard.earned.balance)
        if guard.earned.expires_on is not None:
            item["ledgerExpiresOn"] = text(guard.earned.expires_on.isoformat())
    return item


def guard_of(row: GuardRow) -> Guard:
    """The guard a row holds."""
    earned = None
    if row.ledgerType is not None and row.ledgerVersion is not None and row.ledgerBalance is not None:
        earned = Earned(
            kind=KickbackType(row.ledgerType.S),
            version=int(row.ledgerVersion.N),
            balance=int(row.ledgerBalance.N),
            expires_on=date.fromisoformat(row.ledgerExpiresOn.S) if row.ledgerExpiresOn else None,
        )
    return Guard(
        transaction_id=row.transactionId.S,
        user_id=row.userId.S,
        transaction_date=date.fromisoformat(row.transactionDate.S),
        fingerprint=row.fingerprint.S,
        created_at=row.createdAt.S,
        earned=earned,
    )


def _list(members: list[dict[str, Any]]) -> dict[str, Any]:
    return {"L": members}


def _day(day: date | None) -> dict[str, Any]:
    return text(day.isoformat()) if day else {"NULL": True}


def _lot(parts: list[Value]) -> Lot:
    source, expires_on, earned, remaining = parts
    return Lot(
        source=str(source.S),
        expires_on=date.fromisoformat(expires_on.S) if expires_on.S else None,
        earned=int(earned.N or 0),
        remaining=int(remaining.N or 0),
    )


def _allocation(parts: list[Value]) -> Allocation:
    lot_id, amount = parts
    return Allocation(str(lot_id.S), int(amount.N or 0))


def _posting(parts: list[Value]) -> Posting:
    account, debit, credit = parts
    return Posting(str(account.S), int(debit.N or 0), int(credit.N or 0))
