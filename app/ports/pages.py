"""Pages of purchases, newest first, and where to go on from."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec


class PurchaseLine(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """A purchase or a reversal as lists send it to clients: in this order and with these names in camelCase, UNSET
    fields left out, the rate as an exact JSON number. It is made once for every row of a page, and encoded as it is.
    """

    transaction_id: str
    user_id: str
    transaction_date: str
    card_id: str
    card_name: str | msgspec.UnsetType
    merchant_name: str
    category: str
    transaction_amount: int
    kickback_amount: int
    kickback_type: str
    kickback_rate: msgspec.Raw
    description: str | msgspec.UnsetType
    channel: str | msgspec.UnsetType
    occurred_at: str | msgspec.UnsetType
    reversal_id: str | msgspec.UnsetType
    reason: str | msgspec.UnsetType
    created_at: str


Position = tuple[str, ...]
"""Where the last returned purchase lies. Only the port that made it reads it; text, so that a cursor can carry it."""


@dataclass(frozen=True, slots=True)
class Page:
    """`next_position` is None when nothing follows."""

    lines: Sequence[PurchaseLine]
    next_position: Position | None
