"""The purchases that budgets are measured on: a reader's year, and one earning for everybody who writes."""

from functools import cache
from typing import Any

from tests.bodies import body
from tests.http.points import day

READER = "reader"
CARD = "card-0"
CATEGORIES = ("GROCERY", "DINING", "TRAVEL")
_YEAR = 2023
_PER_MONTH = 10
WRITERS = (
    "earning",
    "earning-elsewhere",
    "earning-nothing",
    "again",
    "cancelling",
    "redeeming",
    "reversing-part",
    "reversing-all",
    "closing",
    "adjusting",
    "exercising",
    "reading-points",
)
"""Users with 50 points of yesterday, each for the requests of one row."""


@cache
def purchases() -> tuple[dict[str, Any], ...]:
    """All of them, as POST /transactions takes them."""
    return (*_years(), *(_earning(writer) for writer in WRITERS))


def _years() -> list[dict[str, Any]]:
    """The reader's: ten in each month of 2023, in three categories, with two cards."""
    return [
        _made(
            READER,
            transactionId=f"r{month:02d}-{number}",
            transactionDate=f"{_YEAR}-{month:02d}-{1 + 2 * number:02d}",
            category=CATEGORIES[number % 3],
            cardId=f"card-{number % 2}",
            merchantName=f"スーパーマーケット{number}",
        )
        for month in range(1, 13)
        for number in range(_PER_MONTH)
    ]


def _earning(user: str) -> dict[str, Any]:
    return _made(user, transactionId=f"first-{user}", transactionDate=day(1), category="FUEL")


def new_purchase(user: str, number: int = 2, **changes: Any) -> dict[str, Any]:
    """Another one of today, in a category that no row reads."""
    return _made(
        user, **{"transactionId": f"{user}-{number}", "transactionDate": day(0), "category": "FUEL", **changes}
    )


def _made(user: str, **changes: Any) -> dict[str, Any]:
    return body(user, **{"userId": user, "occurredAt": ..., **changes})
