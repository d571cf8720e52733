"""Made-up purchases, the same ones for the same name, whoever makes them."""

import random
from collections.abc import Iterator
from typing import Any

import msgspec

READ_USERS = 10
READ_NAME = "read"
READ_MONTH = "2023-05"
CATEGORY = "GROCERY"
# Writing goes to another month, so that it does not make the ranking longer from round to round.
_WRITE_MONTH = "2023-06"
# Accounts of one measurement: few enough that they are written to again and again, as in an import of real purchases.
_WRITE_USERS = 400
_CARDS = 100


def bodies(name: str) -> Iterator[bytes]:
    """Bodies of POST /transactions without end, with ids that no other name has."""
    users, month = (READ_USERS, READ_MONTH) if name == READ_NAME else (_WRITE_USERS, _WRITE_MONTH)
    made = random.Random(name)  # noqa: S311 - nothing secret
    place = 0
    while True:
        yield msgspec.json.encode(_body(made, f"{name}-u{place % users:03d}", month))
        place += 1


def user_ids() -> list[str]:
    """The users whose history is read: each has an equal share of what was loaded."""
    return [f"{READ_NAME}-u{place:03d}" for place in range(READ_USERS)]


def _body(made: random.Random, user_id: str, month: str) -> dict[str, Any]:
    day, card, amount = made.randint(1, 28), made.randrange(_CARDS), made.randint(100, 50_000)
    return {
        "transactionId": f"t{made.getrandbits(96):024x}",
        "userId": user_id,
        "transactionDate": f"{month}-{day:02d}",
        "cardId": f"card-{card:03d}",
        "cardName": "プラチナカード",
        "merchantName": "スーパーマーケットA",
        "category": CATEGORY,
        "transactionAmount": amount,
        "kickbackAmount": amount // 100 + 1,
        "kickbackType": "POINT",
        "kickbackRate": "0.01",
        "description": "食料品購入",
        "channel": "STORE",
    }
