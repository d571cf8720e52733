"""A purchase as clients receive it."""

from typing import Any

import msgspec
from msgspec import UNSET
from pydantic import ConfigDict, Field

from app.api.schemas import Answer
from app.api.transaction_body import EXAMPLE
from app.domain.purchases import Purchase
from app.domain.rates import rate_text
from app.ports.pages import PurchaseLine
from app.ports.transactions import Earned

_ENCODER = msgspec.json.Encoder()
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


class _EarnedLine(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    type: str
    version: int
    balance: int
    expires_on: str | None


class _TransactionLine(PurchaseLine, frozen=True, gc=False, rename="camel"):
    ledger: _EarnedLine | None


def purchase_document(purchase: Purchase) -> PurchaseLine:
    """The same object that lists show for it."""
    return PurchaseLine(**_fields(purchase))


def transaction_bytes(purchase: Purchase, earned: Earned | None) -> bytes:
    """The JSON, with `ledger`."""
    ledger = None
    if earned is not None:
        expires_on = earned.expires_on.isoformat() if earned.expires_on else None
        ledger = _EarnedLine(str(earned.kind), earned.version, earned.balance, expires_on)
    return _ENCODER.encode(_TransactionLine(**_fields(purchase), ledger=ledger))


def _fields(purchase: Purchase) -> dict[str, Any]:
    return {
        "transaction_id": purchase.transaction_id,
        "user_id": purchase.user_id,
        "transaction_date": purchase.transaction_date.isoformat(),
        "card_id": purchase.card_id,
        "card_name": purchase.card_name if purchase.card_name is not None else UNSET,
        "merchant_name": purchase.merchant_name,
        "category": purchase.category,
        "transaction_amount": purchase.transaction_amount,
        "kickback_amount": purchase.kickback_amount,
        "kickback_type": str(purchase.kickback_type),
        "kickback_rate": msgspec.Raw(rate_text(purchase.kickback_rate_millionths).encode()),
        "description": purchase.description if purchase.description is not None else UNSET,
        "channel": str(purchase.channel) if purchase.channel is not None else UNSET,
        "occurred_at": purchase.occurred_at if purchase.occurred_at is not None else UNSET,
        "reversal_id": UNSET,
        "reason": UNSET,
        "created_at": purchase.created_at,
    }
