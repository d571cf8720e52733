"""A few invented people, their cards and three months of purchases: the same ones for the same seed."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

FIRST_DAY = date(2025, 4, 1)
DAYS = 91
_ZONE = ZoneInfo("Asia/Tokyo")


@dataclass(frozen=True, slots=True)
class _Card:
    user_id: str
    card_id: str
    name: str
    kickback_type: str
    rate: str


@dataclass(frozen=True, slots=True)
class _Shop:
    name: str
    category: str
    channel: str
    lowest_yen: int
    highest_yen: int
    what: str


_CARDS = (
    _Card("hanako", "card-hanako", "プラチナカード", "POINT", "0.01"),
    _Card("hanako", "card-mile-1", "スカイマイルカード", "MILE", "0.008"),
    _Card("sakura", "card-sakura", "さくらゴールドカード", "POINT", "0.0125"),
    _Card("sakura", "card-cash-1", "まいにちキャッシュカード", "CASHBACK", "0.005"),
    _Card("haruto", "card-haruto", "スタンダードカード", "POINT", "0.005"),
    _Card("yui", "card-yui", "スカイマイルカード", "MILE", "0.015"),
    _Card("ren", "card-ren", "学生カード", "CASHBACK", "0.01"),
)

_SHOPS = (
    _Shop("スーパーマーケットA", "GROCERY", "STORE", 300, 9_000, "食料品購入"),
    _Shop("やおや八百新", "GROCERY", "STORE", 200, 3_000, "野菜"),
    _Shop("ネットスーパーB", "GROCERY", "ONLINE", 2_000, 15_000, "食料品の配達"),
    _Shop("喫茶つばめ", "DINING", "STORE", 450, 2_500, "コーヒー"),
    _Shop("居酒屋 山と海", "DINING", "STORE", 2_500, 12_000, "夕食"),
    _Shop("さくら電鉄", "TRANSPORT", "STORE", 180, 5_000, "乗車"),
    _Shop("青空航空", "TRAVEL", "ONLINE", 9_000, 68_000, "航空券"),
    _Shop("本のまど", "BOOKS", "ONLINE", 700, 6_000, "本"),
    _Shop("でんきのひかり", "ELECTRONICS", "STORE", 1_200, 98_000, "家電"),
    _Shop("みどり薬局", "HEALTH", "STORE", 300, 4_000, "薬"),
)


def demo_purchases(seed: int, count: int) -> list[dict[str, Any]]:
    """`count` bodies of POST /transactions, oldest first. None of them is an example of the documentation."""
    chance = Random(seed)  # noqa: S311 - invented data is no secret
    moments = sorted(_moment(chance) for _ in range(count))
    return [_purchase(f"demo-{seed}-{number:04d}", at, chance) for number, at in enumerate(moments, start=1)]


def _moment(chance: Random) -> datetime:
    day = FIRST_DAY + timedelta(days=chance.randrange(DAYS))
    return datetime.combine(day, time(chance.randrange(8, 23), chance.randrange(60)), _ZONE)


def _purchase(transaction_id: str, at: datetime, chance: Random) -> dict[str, Any]:
    card = chance.choice(_CARDS)
    shop = chance.choice(_SHOPS)
    return {
        "transactionId": transaction_id,
        "userId": card.user_id,
        "transactionDate": at.date().isoformat(),
        "cardId": card.card_id,
        "cardName": card.name,
        "merchantName": shop.name,
        "category": shop.category,
        "transactionAmount": chance.randint(shop.lowest_yen, shop.highest_yen),
        "kickbackType": card.kickback_type,
        "kickbackRate": card.rate,
        "description": shop.what,
        "channel": shop.channel,
        "occurredAt": at.isoformat(),
    }
