"""Purchases to be ranked, and sums over them that owe nothing to the code under test."""

import random
from collections import defaultdict
from typing import Any

from tests.bodies import body

View = dict[str, str]
"""The parameters that choose what an answer is made from."""


def some(count: int) -> list[dict[str, Any]]:
    """Few cards, users and merchants over three months."""
    rng = random.Random(3)
    return [
        body(
            "r",
            transactionId=f"t{number:03d}",
            userId=f"user{rng.randrange(5)}",
            transactionDate=f"2023-{rng.choice((4, 5, 5, 6)):02d}-{rng.choice((1, 15, 30)):02d}",
            occurredAt=...,
            category=rng.choice(("GROCERY", "GROCERY", "DINING", "FUEL")),
            cardId=f"card{rng.randrange(6)}",
            cardName=f"カード{rng.randrange(3)}",
            merchantName=f"店{rng.randrange(4)}",
            transactionAmount=rng.randrange(100, 9_000),
            kickbackAmount=rng.choice((0, 10, 20, 30)),
            kickbackRate="0.01",
            kickbackType=rng.choice(("POINT", "MILE", "CASHBACK")),
        )
        for number in range(count)
    ]


PURCHASES = some(150)


def totals(purchases: list[dict[str, Any]]) -> dict[str, Any]:
    """As every answer shows sums."""
    by_type: dict[str, int] = defaultdict(int)
    for one in purchases:
        by_type[one["kickbackType"]] += one["kickbackAmount"]
    return {
        "count": len(purchases),
        "transactionTotal": sum(one["transactionAmount"] for one in purchases),
        "kickbackValue": sum(by_type.values()),
        "kickbackByType": dict(by_type),
    }


def grouped(purchases: list[dict[str, Any]], field: str) -> dict[str, list[dict[str, Any]]]:
    """By what they have in a field."""
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in purchases:
        groups[one[field]].append(one)
    return groups


def rate(purchases: list[dict[str, Any]]) -> float:
    """Kickback over spending."""
    sums = totals(purchases)
    return float(round(sums["kickbackValue"] / sums["transactionTotal"], 6))
