"""A ledger's newest entry as plain values: what it says of the balance, and the entry of a purchase behind it."""

from collections.abc import Mapping
from datetime import date, datetime
from itertools import groupby
from typing import Any

from app.domain.journal import EntryKind, Posting
from app.domain.kickbacks import KickbackType
from app.domain.ledger import Account, LedgerEntry
from app.domain.lots import total
from app.domain.periods import utc_text
from app.domain.standings import standing_at
from app.store import keys
from app.store.sharding import shard_of
from bench.rivals.basics import Basics
from bench.rivals.lots import allocations_of, allocations_text, lots_of, lots_text
from bench.rivals.values import Item


def balances_document(head: Mapping[str, Any] | None, now: datetime, known: Basics) -> list[dict[str, Any]]:
    """One account, now; none without entries."""
    if head is None:
        return []
    entry = entry_of(head)
    standing = standing_at(entry, utc_text(now), known.zone)
    days = groupby(standing.lots, key=lambda lot: lot.expires_on)
    return [
        {
            "type": entry.account.kind.value,
            "balance": standing.balance,
            "available": standing.available,
            "expiring": [{"expiresOn": day.isoformat(), "amount": total(of)} for day, of in days if day is not None],
            "version": standing.version,
            "asOf": standing.at,
        }
    ]


def entry_of(item: Mapping[str, Any]) -> LedgerEntry:
    """The entry that an item holds."""
    due_on = item.get("dueOn")
    return LedgerEntry(
        account=Account(item["userId"], KickbackType(item["ledgerType"])),
        version=int(item["version"]),
        kind=EntryKind(item["kind"]),
        amount=int(item["amount"]),
        balance=int(item["balance"]),
        deficit=int(item.get("deficit", 0)),
        lots=lots_of(item["lots"]),
        allocations=allocations_of(item["allocations"]),
        postings=tuple(Posting(account, int(debit), int(credit)) for account, debit, credit in item["postings"]),
        cause=item["cause"],
        rule=item.get("rule"),
        effective_at=item["effectiveAt"],
        posted_at=item["postedAt"],
        lateness=int(item.get("lateness", 0)),
        recorded_at=item["recordedAt"],
        previous_hash=item["previousHash"],
        hash=item["hash"],
        due_on=date.fromisoformat(due_on) if due_on else None,
    )


def entry_item(entry: LedgerEntry, due_shards: int) -> Item:
    """The inverse, with its keys."""
    user_id, kind = entry.account.user_id, entry.account.kind
    item: Item = {
        "PK": keys.user_pk(user_id),
        "SK": keys.ledger_sk(kind, entry.version),
        "ledgerPK": keys.ledger_index_pk(user_id, kind),
        "ledgerSK": keys.ledger_index_sk(entry.effective_at, entry.version),
        "userId": user_id,
        "ledgerType": kind.value,
        "version": entry.version,
        "kind": entry.kind.value,
        "amount": entry.amount,
        "balance": entry.balance,
        "lots": lots_text(entry.lots),
        "allocations": allocations_text(entry.allocations),
        "postings": [[one.account, one.debit, one.credit] for one in entry.postings],
        "cause": entry.cause,
        "effectiveAt": entry.effective_at,
        "postedAt": entry.posted_at,
        "recordedAt": entry.recorded_at,
        "previousHash": entry.previous_hash,
        "hash": entry.hash,
    }
    if entry.rule is not None:
        item["rule"] = entry.rule
    item |= {name: value for name, value in (("deficit", entry.deficit), ("lateness", entry.lateness)) if value}
    if entry.due_on is not None:
        day = entry.due_on.isoformat()
        item["dueOn"] = day
        item["duePK"] = keys.due_pk(day[:7], shard_of(user_id, due_shards))
        item["dueSK"] = keys.due_sk(entry.due_on, user_id, kind, entry.version)
    return item
