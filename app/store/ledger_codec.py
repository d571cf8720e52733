"""Ledger entries and guards as DynamoDB items and back. Renaming an attribute is a migration."""

from datetime import date
from typing import Any

import msgspec

from app.domain.journal import EntryKind, Posting
from app.domain.kickbacks import KickbackType
from app.domain.ledger import Account, LedgerEntry
from app.ports.transactions import Earned, Guard
from app.store import keys
from app.store.lot_text import allocations_of_text, allocations_text, lots_of_text, lots_text
from app.store.sharding import shard_of
from app.store.wire import Item, ListValue, Number, Text, Value, number, text


class LedgerRow(msgspec.Struct, kw_only=True):
    """A stored ledger entry."""

    userId: Text
    ledgerType: Text
    version: Number
    kind: Text
    amount: Number
    balance: Number
    deficit: Number | None = None
    lots: Text
    allocations: Text
    postings: ListValue
    cause: Text
    rule: Text | None = None
    effectiveAt: Text
    postedAt: Text
    lateness: Number | None = None
    recordedAt: Text
    previousHash: Text
    hash: Text
    dueOn: Text | None = None
    ledgerPK: Text | None = None
    ledgerSK: Text | None = None
    duePK: Text | None = None
    dueSK: Text | None = None


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


def ledger_item(entry: LedgerEntry, *, due_shards: int) -> Item:
    """The item of an entry. What is usually nothing is left out."""
    account = entry.account
    item: Item = {
        "PK": text(keys.user_pk(account.user_id)),
        "SK": text(keys.ledger_sk(account.kind, entry.version)),
        "ledgerPK": text(keys.ledger_index_pk(account.user_id, account.kind)),
        "ledgerSK": text(keys.ledger_index_sk(entry.effective_at, entry.version)),
        "userId": text(account.user_id),
        "ledgerType": text(str(account.kind)),
        "version": number(entry.version),
        "kind": text(str(entry.kind)),
        "amount": number(entry.amount),
        "balance": number(entry.balance),
        "lots": text(lots_text(entry.lots)),
        "allocations": text(allocations_text(entry.allocations)),
        "postings": _list([_list([text(x.account), number(x.debit), number(x.credit)]) for x in entry.postings]),
        "cause": text(entry.cause),
        "effectiveAt": text(entry.effective_at),
        "postedAt": text(entry.posted_at),
        "recordedAt": text(entry.recorded_at),
        "previousHash": text(entry.previous_hash),
        "hash": text(entry.hash),
    }
    if entry.deficit:
        item["deficit"] = number(entry.deficit)
    if entry.rule is not None:
        item["rule"] = text(entry.rule)
    if entry.lateness:
        item["lateness"] = number(entry.lateness)
    if entry.due_on is not None:
        shard = shard_of(account.user_id, due_shards)
        item["dueOn"] = text(entry.due_on.isoformat())
        item["duePK"] = text(keys.due_pk(entry.due_on.isoformat()[:7], shard))
        item["dueSK"] = text(keys.due_sk(entry.due_on, account.user_id, account.kind, entry.version))
    return item


def index_keys(entry: LedgerEntry) -> tuple[str | None, ...]:
    """Where an entry is found in the indexes; in DueIndex without its shard, whose number may have been another one."""
    account, due_on = entry.account, entry.due_on
    by_time = (
        keys.ledger_index_pk(account.user_id, account.kind),
        keys.ledger_index_sk(entry.effective_at, entry.version),
    )
    if due_on is None:
        return (*by_time, None, None)
    due_month, _, _ = keys.due_pk(due_on.isoformat()[:7], 0).rpartition("#")
    return (*by_time, due_month, keys.due_sk(due_on, account.user_id, account.kind, entry.version))


def index_keys_of(row: LedgerRow) -> tuple[str | None, ...]:
    """Where it was put."""
    due_month = row.duePK.S.rpartition("#")[0] if row.duePK else None
    return (
        row.ledgerPK.S if row.ledgerPK else None,
        row.ledgerSK.S if row.ledgerSK else None,
        due_month,
        row.dueSK.S if row.dueSK else None,
    )


def entry_of(row: LedgerRow) -> LedgerEntry:
    """The entry a row holds."""
    return LedgerEntry(
        account=Account(row.userId.S, KickbackType(row.ledgerType.S)),
        version=int(row.version.N),
        kind=EntryKind(row.kind.S),
        amount=int(row.amount.N),
        balance=int(row.balance.N),
        deficit=int(row.deficit.N) if row.deficit else 0,
        lots=lots_of_text(row.lots.S),
        allocations=allocations_of_text(row.allocations.S),
        postings=postings_of_list(row.postings),
        cause=row.cause.S,
        rule=row.rule.S if row.rule else None,
        effective_at=row.effectiveAt.S,
        posted_at=row.postedAt.S,
        lateness=int(row.lateness.N) if row.lateness else 0,
        recorded_at=row.recordedAt.S,
        previous_hash=row.previousHash.S,
        hash=row.hash.S,
        due_on=date.fromisoformat(row.dueOn.S) if row.dueOn else None,
    )


def postings_of_list(stored: ListValue) -> tuple[Posting, ...]:
    """An entry's postings. Raises ValueError for what are none."""
    return tuple(_posting(member.L or []) for member in stored.L)


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
        item["ledgerType"] = text(str(guard.earned.kind))
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


def _posting(parts: list[Value]) -> Posting:
    account, debit, credit = parts
    return Posting(str(account.S), int(debit.N or 0), int(credit.N or 0))
