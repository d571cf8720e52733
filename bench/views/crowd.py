"""Made-up purchases in which a few users, merchants and cards have most of them, the same ones for the same name."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from zoneinfo import ZoneInfo

import msgspec

from app.domain.bookings import Booking
from app.domain.journal import EntryKind, postings_of
from app.domain.kickbacks import KickbackType
from app.domain.periods import start_of_day, utc_text
from app.domain.purchases import Purchase
from app.domain.rates import rate_text
from app.domain.totals import Figures

EXPONENT = 1.2
# Stamped long ago, so that nothing takes them for new.
_CREATED_AT = "2023-01-01T00:00:00.000000Z"
_DAYS = 28
_ZONE = ZoneInfo("Asia/Tokyo")


@dataclass(frozen=True, slots=True)
class Crowd:
    """How many there are of each; the k-th has a share of k^-EXPONENT. A merchant belongs to one category."""

    users: int = 1_000
    merchants: int = 200
    cards: int = 300
    categories: tuple[str, ...] = tuple(f"CATEGORY{number:02d}" for number in range(12))

    def __str__(self) -> str:
        kinds = f"{self.users:,} users, {self.merchants} merchants, {self.cards} cards"
        many = f", {len(self.categories)} categories" if len(self.categories) > 1 else ""
        return f"{kinds}{many}, Zipf with s={EXPONENT}"


def purchases(name: str, crowd: Crowd, month: str, count: int) -> Iterator[Purchase]:
    """So many, from the 1st to the 28th of the month, in that order."""
    made = random.Random(name)  # noqa: S311 - nothing secret
    users, merchants, cards = (_shares(number) for number in (crowd.users, crowd.merchants, crowd.cards))
    first = date.fromisoformat(f"{month}-01")
    for place in range(count):
        (user,), (merchant,), (card,) = (
            made.choices(range(len(shares)), cum_weights=shares) for shares in (users, merchants, cards)
        )
        amount = made.randint(100, 50_000)
        yield Purchase(
            transaction_id=f"{name}-{place:07d}",
            user_id=f"user-{user:05d}",
            transaction_date=first.replace(day=1 + place * _DAYS // count),
            card_id=f"card-{card:03d}",
            card_name="プラチナカード",
            merchant_name=f"スーパーマーケット{merchant:03d}",
            category=crowd.categories[merchant % len(crowd.categories)],
            transaction_amount=amount,
            kickback_amount=amount // 100 + 1,
            kickback_type=KickbackType.POINT,
            kickback_rate_millionths=10_000,
            description="食料品購入",
            created_at=_CREATED_AT,
        )


def figures_of(purchase: Purchase) -> Figures:
    """What sums need."""
    return Figures(
        purchase.transaction_id,
        purchase.transaction_date.isoformat(),
        purchase.created_at,
        purchase.user_id,
        purchase.card_id,
        purchase.card_name,
        purchase.merchant_name,
        purchase.category,
        purchase.transaction_amount,
        purchase.kickback_amount,
        purchase.kickback_type,
        purchase.kickback_rate_millionths,
    )


def booking_of(purchase: Purchase, version: int) -> Booking:
    """What views need of the entry it earns."""
    return Booking(
        user_id=purchase.user_id,
        kind=purchase.kickback_type,
        version=version,
        created_at=purchase.created_at,
        effective_at=utc_text(start_of_day(purchase.transaction_date, _ZONE)),
        postings=postings_of(EntryKind.EARN, purchase.kickback_type, purchase.kickback_amount),
    )


def body_of(purchase: Purchase) -> bytes:
    """The body of POST /transactions that records it."""
    return msgspec.json.encode(
        {
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
            "kickbackRate": rate_text(purchase.kickback_rate_millionths),
            "description": purchase.description,
        }
    )


def _shares(count: int) -> list[float]:
    return list(accumulate((place + 1) ** -EXPONENT for place in range(count)))
