"""What a client asks for under an id of its own, and the receipt that it leaves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from app.domain.ledger import LedgerEntry
from app.domain.lots import Allocation
from app.ports.ledger import CommandId, Receipt


@dataclass(frozen=True, slots=True)
class Asked:
    """`said` is what was sent, field by field, as the answer repeats it. `expected`: the version at which the client
    wants the account to be."""

    id: CommandId
    fingerprint: str
    said: Mapping[str, Any]
    expected: int | None = None


def reason_of(asked: Asked) -> str | None:
    """Why, where the client said so."""
    reason = asked.said.get("reason")
    return reason if isinstance(reason, str) else None


def receipt_of(
    asked: Asked, results: Mapping[str, Any], *, created_at: str, entry: LedgerEntry | None = None
) -> Receipt:
    """Its answer: what was said and what came of it. `entry` is the command's own, where it made one."""
    document = {**asked.said, "userId": asked.id.owner, **results, "createdAt": created_at}
    return Receipt(
        id=asked.id,
        fingerprint=asked.fingerprint,
        created_at=created_at,
        answer=msgspec.json.encode(document),
        account=entry.account if entry is not None else None,
        version=entry.version if entry is not None else None,
    )


def own_entry(entries: Sequence[LedgerEntry], asked: Asked) -> LedgerEntry:
    """The one that the command is the cause of, among the expiries around it."""
    return next(entry for entry in entries if entry.cause == asked.id.cause)


def entry_document(entry: LedgerEntry) -> dict[str, Any]:
    """`{type, version, balance, allocations}`"""
    return {
        "type": entry.account.kind.value,
        "version": entry.version,
        "balance": entry.balance,
        "allocations": allocation_documents(entry.allocations),
    }


def allocation_documents(allocations: Sequence[Allocation]) -> list[dict[str, Any]]:
    """`[{lot, amount}]`"""
    return [{"lot": one.lot_id, "amount": one.amount} for one in allocations]
