"""Points, miles and cashback are three units and are never added to each other."""

from collections.abc import Mapping
from enum import StrEnum

from app.domain.rates import MILLION


class KickbackType(StrEnum):
    """The unit a purchase's kickback is paid in."""

    __hash__ = str.__hash__  # an Enum's own is written in Python, and every purchase looks up a dozen things by type

    POINT = "POINT"
    MILE = "MILE"
    CASHBACK = "CASHBACK"


class Channel(StrEnum):
    """Where the purchase was made."""

    STORE = "STORE"
    ONLINE = "ONLINE"


Valuation = Mapping[KickbackType, int]
"""What one unit of a type is worth, in millionths of the currency's smallest unit."""


def kickback_value(by_type: Mapping[KickbackType, int], valuation: Valuation) -> int:
    """One number for a ranking: each type converted by the valuation, each rounded down, then added."""
    value = 0
    for kind, amount in by_type.items():
        value += amount * valuation[kind] // MILLION
    return value
