"""Explanations as clients receive them."""

from collections.abc import Iterable
from datetime import tzinfo
from typing import Any

import msgspec

from app.api.transaction_answers import purchase_document
from app.commands.asked import allocation_documents
from app.domain.explanation_texts import account_name, cause_line, entry_lines, kickback_lines, reversal_line
from app.domain.explanations import LotChange
from app.domain.ledger import LedgerEntry
from app.domain.lots import expiry_text
from app.domain.rates import rate_text
from app.queries.explanations import Cause, ExplainedEntry, ExplainedTransaction


def transaction_explanation(explained: ExplainedTransaction, zone: tzinfo) -> dict[str, Any]:
    """`text` says the same in sentences."""
    purchase, reason = explained.purchase, explained.reason
    taken = explained.reversed
    amount, kickback = (taken.amount, taken.kickback) if taken is not None else (0, 0)
    text = [*kickback_lines(purchase, reason), *_earned_lines(explained, zone)]
    text.append(reversal_line(amount, kickback, purchase.kickback_type, of=purchase.transaction_amount))
    return {
        "transactionId": purchase.transaction_id,
        "userId": purchase.user_id,
        "transactionDate": purchase.transaction_date.isoformat(),
        "kickback": {
            "transactionAmount": purchase.transaction_amount,
            "rate": _number(purchase.kickback_rate_millionths),
            "product": _number(reason.product_millionths),
            "byRate": reason.by_rate,
            "rounded": not reason.is_exact,
            "kickbackAmount": purchase.kickback_amount,
            "type": purchase.kickback_type.value,
            "basis": reason.basis.value,
        },
        "entry": _entry_document(explained.earned, zone) if explained.earned is not None else None,
        "reversed": {
            "count": taken.number if taken is not None else 0,
            "amount": amount,
            "kickbackAmount": kickback,
            "left": purchase.transaction_amount - amount,
        },
        "text": text,
    }


def entry_explanation(explained: ExplainedEntry, cause: Cause, zone: tzinfo) -> dict[str, Any]:
    """`text` says the same in sentences."""
    found = cause.purchase is not None or cause.receipt is not None
    return {
        "userId": explained.entry.account.user_id,
        "cause": {
            "kind": cause.kind,
            "id": explained.entry.cause,
            "purchase": purchase_document(cause.purchase) if cause.purchase is not None else None,
            "command": msgspec.Raw(cause.receipt.answer) if cause.receipt is not None else None,
        },
        "entry": _entry_document(explained, zone),
        "text": [cause_line(cause.kind, explained.entry.cause, found=found), *_lines(explained, zone)],
    }


def _earned_lines(explained: ExplainedTransaction, zone: tzinfo) -> Iterable[str]:
    if explained.earned is not None:
        return _lines(explained.earned, zone)
    if explained.purchase.kickback_amount == 0:
        return ["It earned nothing, so there is no ledger entry."]
    return ["The ledger entry that it earned is missing."]


def _lines(explained: ExplainedEntry, zone: tzinfo) -> Iterable[str]:
    return entry_lines(explained.entry, explained.before, explained.changes, explained.chain, zone=zone)


def _entry_document(explained: ExplainedEntry, zone: tzinfo) -> dict[str, Any]:
    entry, chain = explained.entry, explained.chain
    return {
        "type": entry.account.kind.value,
        "version": entry.version,
        "kind": entry.kind.value,
        "amount": entry.amount,
        "balance": entry.balance,
        "cause": entry.cause,
        "rule": entry.rule,
        "effectiveAt": entry.effective_at,
        "postedAt": entry.posted_at,
        "recordedAt": entry.recorded_at,
        "before": _state_document(explained.before),
        "after": _state_document(entry),
        "lots": [_change_document(one, zone) for one in explained.changes],
        "allocations": allocation_documents(entry.allocations),
        "postings": [
            {"account": one.account, "name": account_name(one), "debit": one.debit, "credit": one.credit}
            for one in entry.postings
        ],
        "balanced": sum(one.debit - one.credit for one in entry.postings) == 0,
        "chain": {
            "hash": entry.hash,
            "recomputed": chain.recomputed,
            "intact": chain.is_intact,
            "previousHash": entry.previous_hash,
            "follows": chain.follows,
        },
    }


def _change_document(change: LotChange, zone: tzinfo) -> dict[str, Any]:
    return {
        "lot": change.lot_id,
        "source": change.source,
        "change": change.change,
        "before": change.before,
        "after": change.after,
        "addsUp": change.adds_up,
        "expiresOn": change.expires_on.isoformat() if change.expires_on else None,
        "expiresAt": expiry_text(change.expires_on, zone) if change.expires_on else None,
    }


def _state_document(entry: LedgerEntry | None) -> dict[str, Any]:
    if entry is None:
        return {"balance": 0, "deficit": 0, "lots": []}
    lots = [{"lot": one.lot_id, "earned": one.earned, "remaining": one.remaining} for one in entry.lots]
    return {"balance": entry.balance, "deficit": entry.deficit, "lots": lots}


def _number(millionths: int) -> msgspec.Raw:
    return msgspec.Raw(rate_text(millionths).encode())
