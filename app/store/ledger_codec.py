"""Ledger entries and guards as DynamoDB items and back. Renaming an attribute is a migration."""

from datetime import date

import msgspec

from app.domain.journal import EntryKind, Posting
from app.domain.kickbacks import KickbackType
from app.domain.ledger import Account, LedgerEntry, Tip
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


class TipRow(msgspec.Struct, kw_only=True, gc=False):
    """What a next entry has to know of a stored one."""

    version: Number
    deficit: Number | None = None
    lots: Text
    postedAt: Text
    lateness: Number | None = None
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


def ledger_item(entry: LedgerEntry, *, due_shards: int) -> Item:
    """The item of an entry. What is usually nothing is left out."""
    user_id, kind = entry.account
    version, effective_at = entry.version, entry.effective_at
    # Written out, without `text` and `number`: every purchase makes three items of some fifty values.
    item: Item = {
        "PK": {"S": keys.user_pk(user_id)},
        "SK": {"S": keys.ledger_sk(kind, version)},
        "ledgerPK": {"S": keys.ledger_index_pk(user_id, kind)},
        "ledgerSK": {"S": keys.ledger_index_sk(effective_at, version)},
        "userId": {"S": user_id},
        "ledgerType": {"S": str(kind)},
        "version": {"N": str(version)},
        "kind": {"S": str(entry.kind)},
        "amount": {"N": str(entry.amount)},
        "balance": {"N": str(entry.balance)},
        "lots": {"S": lots_text(entry.lots)},
        "allocations": {"S": allocations_text(entry.allocations)},
        "postings": {
            "L": [{"L": [{"S": code}, {"N": str(debit)}, {"N": str(credit)}]} for code, debit, credit in entry.postings]
        },
        "cause": {"S": entry.cause},
        "effectiveAt": {"S": effective_at},
        "postedAt": {"S": entry.posted_at},
        "recordedAt": {"S": entry.recorded_at},
        "previousHash": {"S": entry.previous_hash},
        "hash": {"S": entry.hash},
    }
    if entry.deficit:
        item["deficit"] = number(entry.deficit)
    if entry.rule is not None:
        item["rule"] = text(entry.rule)
    if entry.lateness:
        item["lateness"] = number(entry.lateness)
    if entry.due_on is not None:
        shard = shard_of(user_id, due_shards)
        item["dueOn"] = text(entry.due_on.isoformat())
        item["duePK"] = text(keys.due_pk(entry.due_on.isoformat()[:7], shard))
        item["dueSK"] = text(keys.due_sk(entry.due_on, user_id, kind, version))
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


def tip_of(row: TipRow, account: Account) -> Tip:
    """The tip that a row of the account holds."""
    return Tip(
        account,
        int(row.version.N),
        int(row.deficit.N) if row.deficit else 0,
        lots_of_text(row.lots.S),
        row.postedAt.S,
        int(row.lateness.N) if row.lateness else 0,
        row.hash.S,
    )


def postings_of_list(stored: ListValue) -> tuple[Posting, ...]:
    """An entry's postings. Raises ValueError for what are none."""
    return tuple([_posting(member.L or []) for member in stored.L])


def guard_item(guard: Guard) -> Item:
    """The item of a guard."""
    earned = guard.earned
    item: Item = {
        "PK": {"S": keys.guard_pk(guard.transaction_id)},
        "SK": {"S": keys.GUARD_SK},
        "transactionId": {"S": guard.transaction_id},
        "userId": {"S": guard.user_id},
        "transactionDate": {"S": guard.transaction_date.isoformat()},
        "fingerprint": {"S": guard.fingerprint},
        "createdAt": {"S": guard.created_at},
    }
    if earned is not None:
        item["ledgerType"] = {"S": str(earned.kind)}
        item["ledgerVersion"] = {"N": str(earned.version)}
        item["ledgerBalance"] = {"N": str(earned.balance)}
        if earned.expires_on is not None:
            item["ledgerExpiresOn"] = {"S": earned.expires_on.isoformat()}
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


def _posting(parts: list[Value]) -> Posting:
    account, debit, credit = parts
    return Posting(str(account.S), int(debit.N or 0), int(credit.N or 0))
