"""A purchase as clients receive it."""

from typing import Any

import msgspec
from pydantic import ConfigDict, Field

from app.api.schemas import Answer
from app.api.transaction_body import EXAMPLE
from app.domain.purchases import Purchase
from app.domain.rates import rate_text
from app.ports.pages import Document
from app.ports.transactions import Earned

_CREATED_AT = "2023-05-01T12:34:56.000000Z"


class LedgerAnswer(Answer):
    """The ledger entry the purchase earned."""

    type: str = Field(examples=["POINT"])
    version: int = Field(examples=[1])
    balance: int = Field(examples=[50])
    expires_on: str | None = Field(examples=["2023-10-28"])


class PurchaseAnswer(Answer):
    """A stored purchase. Fields that were not given are absent."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**EXAMPLE, "createdAt": _CREATED_AT}]})

    transaction_id: str
    user_id: str
    transaction_date: str
    card_id: str
    card_name: str = ""
    merchant_name: str
    category: str
    transaction_amount: int
    kickback_amount: int
    kickback_type: str
    kickback_rate: float
    description: str = ""
    channel: str = ""
    occurred_at: str = ""
    created_at: str


class TransactionAnswer(PurchaseAnswer):
    """A stored purchase and the ledger entry it earned: null when its kickback is 0."""

    ledger: LedgerAnswer | None


class HistoryAnswer(PurchaseAnswer):
    """A stored purchase, or a reversal of one: that has the purchase's id, a `reversalId` and negative amounts."""

    reversal_id: str = ""
    reason: str = ""


class PurchasePage(Answer):
    """A page; `nextCursor` is null on the last one."""

    items: list[HistoryAnswer]
    next_cursor: str | None


def purchase_document(purchase: Purchase) -> Document:
    """The same object that lists show for it."""
    fields: dict[str, Any] = {
        "transactionId": purchase.transaction_id,
        "userId": purchase.user_id,
        "transactionDate": purchase.transaction_date.isoformat(),
        "cardId": purchase.card_id,
        "cardName": purchase.card_name,
        "merchantName": purchase.merchant_name,
        "category": purchase.category,
        "transactionAmount": purchase.transaction_amount,
        "kickbackAmount": purchase.kickback_amount,
        "kickbackType": purchase.kickback_type.value,
        "kickbackRate": msgspec.Raw(rate_text(purchase.kickback_rate_millionths).encode()),
        "description": purchase.description,
        "channel": purchase.channel.value if purchase.channel else None,
        "occurredAt": purchase.occurred_at,
        "createdAt": purchase.created_at,
    }
    return {name: value for name, value in fields.items() if value is not None}


def transaction_document(purchase: Purchase, earned: Earned | None) -> Document:
    """With `ledger`."""
    ledger = None
    if earned is not None:
        ledger = {
            "type": earned.kind.value,
            "version": earned.version,
            "balance": earned.balance,
            "expiresOn": earned.expires_on.isoformat() if earned.expires_on else None,
        }
    return {**purchase_document(purchase), "ledger": ledger}
