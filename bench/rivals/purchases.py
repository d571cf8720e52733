"""A purchase as the rivals take it, what they write for it, and how they show it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from app.commands.auditing import RECORD
from app.domain.audit import hour_of, row_hash
from app.domain.decisions.earn import decide_earn, entry_of_earning
from app.domain.earning import earning_of
from app.domain.kickbacks import Channel, KickbackType
from app.domain.periods import utc_text
from app.domain.purchases import Purchase, fingerprint
from app.domain.rates import rate_millionths, rate_text
from app.store import keys
from app.store.audit_codec import shard_of_hash
from app.store.sharding import shard_of
from bench.rivals.accounts import entry_item, entry_of
from bench.rivals.basics import Basics
from bench.rivals.values import Item

_AUDIT_SHARDS = 16
_SHOWN = (
    "transactionId",
    "userId",
    "transactionDate",
    "cardId",
    "cardName",
    "merchantName",
    "category",
    "transactionAmount",
    "kickbackAmount",
    "kickbackType",
    "kickbackRate",
    "description",
    "channel",
    "occurredAt",
    "reversalId",
    "reason",
    "createdAt",
)


class PurchaseBody(BaseModel):
    """Complete purchases only: nothing is worked out that was left out."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid")

    transaction_id: str = Field(min_length=1, max_length=64)
    user_id: str = Field(min_length=1, max_length=64)
    transaction_date: date
    card_id: str
    card_name: str | None = None
    merchant_name: str
    category: str
    transaction_amount: int = Field(gt=0)
    kickback_amount: int = Field(ge=0)
    kickback_type: KickbackType
    kickback_rate: Decimal
    description: str | None = None
    channel: Channel | None = None
    occurred_at: str | None = None

    def purchase(self, now: datetime) -> Purchase:
        """Recorded now."""
        return Purchase(
            transaction_id=self.transaction_id,
            user_id=self.user_id,
            transaction_date=self.transaction_date,
            card_id=self.card_id,
            card_name=self.card_name,
            merchant_name=self.merchant_name,
            category=self.category,
            transaction_amount=self.transaction_amount,
            kickback_amount=self.kickback_amount,
            kickback_type=self.kickback_type,
            kickback_rate_millionths=rate_millionths(self.kickback_rate),
            description=self.description,
            channel=self.channel,
            occurred_at=self.occurred_at,
            created_at=utc_text(now),
        )


@dataclass(frozen=True, slots=True)
class Recording:
    """The items to put, each if it is new, and the answer when they are."""

    items: list[Item]
    document: dict[str, Any]


def recording(body: PurchaseBody, head: Mapping[str, Any] | None, now: datetime, known: Basics) -> Recording:
    """Guard, purchase, ledger entry behind the account's newest, and row of the audit trail."""
    purchase = body.purchase(now)
    earning = earning_of(purchase, known.rules, recorded_at=now)
    entries = decide_earn(entry_of(head) if head is not None else None, earning) if earning is not None else []
    guard: Item = {
        "PK": keys.guard_pk(purchase.transaction_id),
        "SK": keys.GUARD_SK,
        "transactionId": purchase.transaction_id,
        "userId": purchase.user_id,
        "transactionDate": purchase.transaction_date.isoformat(),
        "fingerprint": fingerprint(purchase),
        "createdAt": purchase.created_at,
    }
    ledger = None
    if earning is not None:
        entry = entry_of_earning(entries, earning.cause)
        expires_on = earning.expires_on.isoformat() if earning.expires_on else None
        ledger = {
            "type": purchase.kickback_type.value,
            "version": entry.version,
            "balance": entry.balance,
            "expiresOn": expires_on,
        }
        guard |= {"ledgerType": ledger["type"], "ledgerVersion": entry.version, "ledgerBalance": entry.balance}
        guard |= {"ledgerExpiresOn": expires_on} if expires_on else {}
    item = purchase_item(purchase, known)
    items = [guard, item, *(entry_item(one, known.due_shards) for one in entries), audit_item(purchase)]
    return Recording(items, {**document_of(item), "kickbackRate": float(body.kickback_rate), "ledger": ledger})


def audit_item(purchase: Purchase) -> Item:
    """Who did what; the request is the purchase's."""
    at, own_id = purchase.created_at, purchase.transaction_id
    about = [f"transaction:{own_id}", f"user:{purchase.user_id}"]
    digest = row_hash(at, "open", RECORD, "DONE", own_id, about, None)
    return {
        "PK": keys.audit_pk(hour_of(at), shard_of_hash(digest, _AUDIT_SHARDS)),
        "SK": keys.audit_sk(at, own_id, digest),
        "at": at,
        "actor": "open",
        "action": RECORD,
        "about": about,
        "requestId": own_id,
        "outcome": "DONE",
        "hash": digest,
    }


def purchase_item(purchase: Purchase, known: Basics) -> Item:
    """The stored purchase."""
    day, own_id = purchase.transaction_date.isoformat(), purchase.transaction_id
    item: Item = {
        "PK": keys.user_pk(purchase.user_id),
        "SK": keys.transaction_sk_text(day, own_id),
        "GSI1PK": keys.category_shard_pk(purchase.category, shard_of(own_id, known.category_shards)),
        "GSI1SK": day,
        "GSI2PK": keys.card_shard_pk(purchase.card_id, shard_of(own_id, known.card_shards)),
        "GSI2SK": day,
        "userId": purchase.user_id,
        "transactionId": own_id,
        "transactionDate": day,
        "cardId": purchase.card_id,
        "cardName": purchase.card_name,
        "merchantName": purchase.merchant_name,
        "category": purchase.category,
        "transactionAmount": purchase.transaction_amount,
        "kickbackAmount": purchase.kickback_amount,
        "kickbackType": purchase.kickback_type.value,
        "kickbackRate": Decimal(rate_text(purchase.kickback_rate_millionths)),
        "description": purchase.description,
        "channel": purchase.channel.value if purchase.channel else None,
        "occurredAt": purchase.occurred_at,
        "createdAt": purchase.created_at,
    }
    return {name: value for name, value in item.items() if value is not None}


def document_of(item: Mapping[str, Any]) -> dict[str, Any]:
    """A stored purchase or reversal as clients see it: without its keys."""
    return {name: item[name] for name in _SHOWN if name in item}
