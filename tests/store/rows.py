"""Stored rows, as DynamoDB's JSON is decoded into them."""

from typing import TypeVar

import msgspec

from app.domain.purchases import Purchase
from app.store.purchase_codec import PurchaseRow, purchase_item
from app.store.purchase_lines import LineRow
from app.store.wire import Item, lax

R = TypeVar("R", bound=msgspec.Struct)


def over_the_wire(item: Item, row: type[R]) -> R:
    """What is read of an item that was written."""
    return lax(row).decode(msgspec.json.encode(item))


def purchase_row(purchase: Purchase) -> PurchaseRow:
    return over_the_wire(purchase_item(purchase, category_shards=16, card_shards=4), PurchaseRow)


def line_row(purchase: Purchase) -> LineRow:
    return over_the_wire(purchase_item(purchase, category_shards=16, card_shards=4), LineRow)
