"""Purchases as the ports hand them out: as documents for pages, as figures for sums."""

import msgspec

from app.domain.periods import DateRange
from app.domain.purchases import Purchase
from app.domain.rates import rate_text
from app.domain.totals import Figures
from app.ports.pages import Document


def document_of(purchase: Purchase) -> Document:
    """camelCase names, absent fields left out, the rate as an exact JSON number."""
    fields: dict[str, object] = {
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


def figures_of(purchase: Purchase) -> Figures:
    """What sums need."""
    return Figures(
        transaction_id=purchase.transaction_id,
        transaction_date=purchase.transaction_date.isoformat(),
        created_at=purchase.created_at,
        user_id=purchase.user_id,
        card_id=purchase.card_id,
        card_name=purchase.card_name,
        merchant_name=purchase.merchant_name,
        category=purchase.category,
        transaction_amount=purchase.transaction_amount,
        kickback_amount=purchase.kickback_amount,
        kickback_type=purchase.kickback_type,
        kickback_rate_millionths=purchase.kickback_rate_millionths,
    )


def in_range(purchase: Purchase, dates: DateRange) -> bool:
    """Both days included, None is open."""
    day = purchase.transaction_date
    return (dates.first is None or dates.first <= day) and (dates.last is None or day <= dates.last)


def is_alive(purchase: Purchase, epoch_second: int) -> bool:
    """False once its retention has ended."""
    return purchase.expiration_time is None or purchase.expiration_time > epoch_second
