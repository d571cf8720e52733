"""Receipts of commands and their tallies as DynamoDB items and back. Renaming an attribute is a migration."""

import zlib
from base64 import b64encode

import msgspec

from app.domain.kickbacks import KickbackType
from app.domain.ledger import Account
from app.ports.ledger import CommandId, CommandKind, Receipt, Tally, TallyId
from app.store import keys
from app.store.wire import Binary, Item, Number, Text, number, text

_PACKED_BYTES = 1024


class ReceiptRow(msgspec.Struct, kw_only=True):
    """A stored receipt. `ids` are joined by `#`, which no id has in it."""

    command: Text
    owner: Text
    ids: Text
    fingerprint: Text
    createdAt: Text
    answer: Text | None = None
    packedAnswer: Binary | None = None
    userId: Text | None = None
    ledgerType: Text | None = None
    ledgerVersion: Number | None = None


class TallyRow(msgspec.Struct, kw_only=True):
    """A stored step."""

    command: Text
    owner: Text
    ids: Text
    number: Number
    amount: Number
    kickback: Number


def is_receipt(item: Item) -> bool:
    """Among what a command may find in its way: an entry, a step of a tally, a receipt."""
    return "command" in item and "fingerprint" in item


def receipt_item(receipt: Receipt) -> Item:
    """The item of a receipt."""
    command = receipt.id
    item: Item = {
        "PK": text(keys.command_pk(command.kind, command.owner)),
        "SK": text(keys.receipt_sk(command)),
        "command": text(command.kind.value),
        "owner": text(command.owner),
        "ids": text("#".join(command.ids)),
        "fingerprint": text(receipt.fingerprint),
        "createdAt": text(receipt.created_at),
    }
    if len(receipt.answer) <= _PACKED_BYTES:
        item["answer"] = text(receipt.answer.decode())
    else:  # it names hundreds of lots, each much like the one before
        item["packedAnswer"] = {"B": b64encode(zlib.compress(receipt.answer, 9)).decode()}
    if receipt.account is not None and receipt.version is not None:
        item["userId"] = text(receipt.account.user_id)
        item["ledgerType"] = text(receipt.account.kind.value)
        item["ledgerVersion"] = number(receipt.version)
    return item


def receipt_of(row: ReceiptRow) -> Receipt:
    """The receipt a row holds."""
    account = version = None
    if row.userId is not None and row.ledgerType is not None and row.ledgerVersion is not None:
        account = Account(row.userId.S, KickbackType(row.ledgerType.S))
        version = int(row.ledgerVersion.N)
    return Receipt(
        id=CommandId(CommandKind(row.command.S), row.owner.S, tuple(row.ids.S.split("#"))),
        fingerprint=row.fingerprint.S,
        created_at=row.createdAt.S,
        answer=_answer_of(row),
        account=account,
        version=version,
    )


def _answer_of(row: ReceiptRow) -> bytes:
    if row.answer is not None:
        return row.answer.S.encode()
    if row.packedAnswer is None:
        raise ValueError("a receipt without an answer")
    try:
        return zlib.decompress(row.packedAnswer.B)
    except zlib.error as error:
        raise ValueError("a packed answer that cannot be unpacked") from error


def tally_item(tally: Tally) -> Item:
    """The item of a step."""
    return {
        "PK": text(keys.command_pk(tally.id.kind, tally.id.owner)),
        "SK": text(keys.tally_sk(tally.id, tally.number)),
        "command": text(tally.id.kind.value),
        "owner": text(tally.id.owner),
        "ids": text("#".join(tally.id.ids)),
        "number": number(tally.number),
        "amount": number(tally.amount),
        "kickback": number(tally.kickback),
    }


def tally_of(row: TallyRow) -> Tally:
    """The step a row holds."""
    ids = tuple(row.ids.S.split("#")) if row.ids.S else ()
    tally = TallyId(CommandKind(row.command.S), row.owner.S, ids)
    return Tally(tally, int(row.number.N), int(row.amount.N), int(row.kickback.N))
