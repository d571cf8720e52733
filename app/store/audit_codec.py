"""Rows of the audit trail and their seals as DynamoDB items and back. Renaming an attribute is a migration."""

import msgspec

from app.callers import Caller
from app.domain.audit import hour_of
from app.domain.audit_seals import Seal
from app.domain.periods import check_utc_text
from app.ports.audit import AuditOutcome, AuditRow, KeptRow
from app.store import keys
from app.store.wire import Item, Number, Text, number, text


class TextList(msgspec.Struct):
    """`{"L": [{"S": "..."}]}`"""

    L: list[Text]


class RowRow(msgspec.Struct, kw_only=True):
    """A stored row of the trail."""

    PK: Text
    SK: Text
    at: Text
    actor: Text
    action: Text
    about: TextList
    requestId: Text
    reason: Text | None = None
    outcome: Text
    hash: Text


class SealRow(msgspec.Struct, kw_only=True):
    """A stored seal. (`from` is no name for an attribute here.)"""

    SK: Text
    number: Number
    since: Text = msgspec.field(name="from")
    until: Text
    count: Number
    digest: Text
    previousHash: Text
    hash: Text


def audit_item(row: AuditRow, *, shards: int) -> Item:
    """The item of a row. Its shard comes from its hash, which every write makes once."""
    caller, digest = row.caller, row.hash
    item: Item = {
        "PK": text(keys.audit_pk(hour_of(row.at), shard_of_hash(digest, shards))),
        "SK": text(keys.audit_sk(row.at, caller.request_id, digest)),
        "at": text(row.at),
        "actor": text(caller.actor),
        "action": text(row.action),
        "about": {"L": [{"S": one} for one in row.about]},
        "requestId": text(caller.request_id),
        "outcome": text(row.outcome.value),
        "hash": text(digest),
    }
    if caller.reason is not None:
        item["reason"] = text(caller.reason)
    return item


def shard_of_hash(digest: str, shards: int) -> int:
    """0 to shards - 1, evenly spread. Part of the stored shape: changing it is a migration."""
    return int(digest[:8], 16) % shards


def kept_of(row: RowRow) -> KeptRow:
    """The row that an item holds. Raises ValueError."""
    return KeptRow(
        AuditRow(
            at=check_utc_text(row.at.S),
            caller=Caller(row.actor.S, row.requestId.S, row.reason.S if row.reason is not None else None),
            action=row.action.S,
            about=tuple([one.S for one in row.about.L]),
            outcome=AuditOutcome(row.outcome.S),
        ),
        row.hash.S,
    )


def row_in_its_place(row: RowRow) -> KeptRow:
    """The same where it lies in the hour and under the sort key that it names. Raises ValueError."""
    own = keys.audit_pk_prefix(hour_of(row.at.S)), keys.audit_sk(row.at.S, row.requestId.S, row.hash.S)
    if not row.PK.S.startswith(own[0]) or own[1] != row.SK.S:
        raise ValueError("its key is not its own")
    return kept_of(row)


def seal_item(seal: Seal) -> Item:
    """The item of a seal."""
    return {
        "PK": text(keys.SEAL_PK),
        "SK": text(keys.seal_sk(seal.number)),
        "number": number(seal.number),
        "from": text(seal.since),
        "until": text(seal.until),
        "count": number(seal.count),
        "digest": text(seal.digest),
        "previousHash": text(seal.previous_hash),
        "hash": text(seal.hash),
    }


def seal_of(row: SealRow) -> Seal:
    """The seal that an item holds, where it lies under its own number. Raises ValueError."""
    number_of_it = int(row.number.N)
    if keys.seal_sk(number_of_it) != row.SK.S:
        raise ValueError("its key is not its own")
    return Seal(
        number=number_of_it,
        since=check_utc_text(row.since.S),
        until=check_utc_text(row.until.S),
        count=int(row.count.N),
        digest=row.digest.S,
        previous_hash=row.previousHash.S,
        hash=row.hash.S,
    )
