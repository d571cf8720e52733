"""What a purchase and its reversals have in common, in a few bytes."""

import hashlib

from app.domain.purchases import Purchase


def likeness_of(one: Purchase) -> bytes:
    """Equal for a purchase and the lines of its reversals: whose it is, when, with which card, where, at which rate,
    and how long it is kept."""
    shared = (
        one.user_id,
        one.transaction_date.isoformat(),
        one.card_id,
        one.card_name,
        one.merchant_name,
        one.category,
        one.kickback_type.value,
        one.kickback_rate_millionths,
        one.expiration_time,
    )
    return hashlib.blake2b(repr(shared).encode("utf-8", "surrogatepass"), digest_size=16).digest()
