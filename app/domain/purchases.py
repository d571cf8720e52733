"""A purchase: what was bought with which card, and the kickback it earned. Written once, never changed."""

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime

from app.domain.kickbacks import Channel, KickbackType

_ENCODER = json.JSONEncoder(ensure_ascii=True, check_circular=False, separators=(",", ":"))
_BEYOND_MICROSECONDS = re.compile(r"\.[0-9]{6}([0-9]*[1-9])0*(?:[Zz]|[+-])")


@dataclass(frozen=True, slots=True)
class Purchase:
    """Amounts in the smallest unit. `occurred_at` is kept as it was sent, `created_at` is ours, in UTC."""

    transaction_id: str
    user_id: str
    transaction_date: date
    card_id: str
    merchant_name: str
    category: str
    transaction_amount: int
    kickback_amount: int
    kickback_type: KickbackType
    kickback_rate_millionths: int
    created_at: str
    card_name: str | None = None
    description: str | None = None
    channel: Channel | None = None
    occurred_at: str | None = None
    expiration_time: int | None = None
    """Epoch second after which storage may drop the purchase; only where retention is configured."""


def fingerprint(purchase: Purchase) -> str:
    """Equal for equal content, whatever the spelling: SHA-256 of everything the client said, in one order.

    When and with which retention it was recorded is not content, and an instant is the same with any offset.
    """
    content = [
        purchase.transaction_id,
        purchase.user_id,
        purchase.transaction_date.isoformat(),
        purchase.card_id,
        purchase.card_name,
        purchase.merchant_name,
        purchase.category,
        purchase.transaction_amount,
        purchase.kickback_amount,
        purchase.kickback_type,
        purchase.kickback_rate_millionths,
        purchase.description,
        purchase.channel,
        _same_instant(purchase.occurred_at),
    ]
    return hashlib.sha256(_ENCODER.encode(content).encode()).hexdigest()


def _same_instant(text: str | None) -> str | None:
    if text is None:
        return None
    nanoseconds = _BEYOND_MICROSECONDS.search(text)  # which datetime drops
    return datetime.fromisoformat(text.upper()).astimezone(UTC).isoformat() + (nanoseconds[1] if nanoseconds else "")
