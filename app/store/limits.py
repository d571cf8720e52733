"""What Amazon DynamoDB refuses and charges, checked and counted here because DynamoDB Local is laxer.

Limits and sizes: "Quotas in Amazon DynamoDB" and "DynamoDB item sizes and formats". A transactional write costs two
units for each started kilobyte of an item; a secondary index that has the item's keys costs one for each kilobyte of
what it carries, and two where an item moves in it.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from app.ports.errors import StoreRefused

_KILOBYTE = 1024
# What JSON has beside what DynamoDB counts, at the least: `"":{"L":[]},`, less the three bytes of an empty list.
_AROUND_A_VALUE = 9

MAX_ACTIONS = 100
MAX_TRANSACTION_BYTES = 4 * 1024 * 1024
MAX_ITEM_BYTES = 400 * 1024
MAX_PK_BYTES = 2048
MAX_SK_BYTES = 1024


def check_transaction(items: Sequence[dict[str, Any]], encoded: Sequence[bytes] | None = None) -> list[int]:
    """What `check_item` says of each. `encoded`: the same items as JSON, where somebody has made that already.

    Raises StoreRefused for a transaction that DynamoDB would refuse.
    """
    if not 1 <= len(items) <= MAX_ACTIONS:
        raise StoreRefused("a transaction has 1 to 100 actions")
    if len({(item["PK"]["S"], item["SK"]["S"]) for item in items}) != len(items):
        raise StoreRefused("a transaction names an item once")
    encoded = encoded if encoded is not None else [msgspec.json.encode(item) for item in items]
    sizes = [_checked_size(item, at_most) for item, at_most in zip(items, map(len, encoded), strict=True)]
    if sum(sizes) > MAX_TRANSACTION_BYTES and sum(map(item_bytes, items)) > MAX_TRANSACTION_BYTES:
        raise StoreRefused("a transaction has at most 4 MB")
    return sizes


def check_item(item: dict[str, Any]) -> int:
    """The item's size in bytes; for one within a kilobyte perhaps a little more, but within it too, where all cost the
    same. Raises StoreRefused for an item that DynamoDB would refuse.
    """
    return _checked_size(item, len(msgspec.json.encode(item)))


def _checked_size(item: dict[str, Any], json_bytes: int) -> int:
    size = json_bytes - _AROUND_A_VALUE * len(item)
    if size > _KILOBYTE:
        size = item_bytes(item)
    if size > MAX_ITEM_BYTES:
        raise StoreRefused("an item has at most 400 KB")
    if not 1 <= len(item["PK"]["S"].encode()) <= MAX_PK_BYTES or not 1 <= len(item["SK"]["S"].encode()) <= MAX_SK_BYTES:
        raise StoreRefused("a key has 1 to 2048 (partition) or 1024 (sort) bytes")
    return size


def transaction_write_units(items: Sequence[dict[str, Any]], sizes: Sequence[int], *, replacing: bool = False) -> float:
    """The write capacity units that DynamoDB charges for putting these items in one transaction.

    `replacing`: older items are there, and each new one has another place in the index.
    """
    index_writes = 2 if replacing else 1
    units = 0
    for item, size in zip(items, sizes, strict=True):
        large = ("GSI1PK" in item) + ("GSI2PK" in item) + ("scorePK" in item)  # these carry (nearly) the whole item
        small = ("ledgerPK" in item) + ("duePK" in item)  # these its keys and a few words
        units += -(-size // _KILOBYTE) * (2 + index_writes * large) + small
    return float(units)


def item_bytes(item: dict[str, Any]) -> int:
    """Attribute names and values, as DynamoDB counts them."""
    texts: list[str] = []  # encoded at once: this runs for everything that is written
    size = 0
    for name, value in item.items():
        texts.append(name)
        if "S" in value:
            texts.append(value["S"])
        elif "N" in value:
            size += _number_bytes(value["N"])
        else:
            size += _value_bytes(value)
    return size + len("".join(texts).encode())


def _number_bytes(number: str) -> int:
    if number.isdigit():  # as nearly always
        return (len(number) + 1) // 2 + 1
    digits = number.lstrip("-").replace(".", "")
    return (len(digits) + 1) // 2 + 1 + number.startswith("-")


def _value_bytes(value: dict[str, Any]) -> int:
    if "S" in value:
        return len(value["S"].encode())
    if "N" in value:
        return _number_bytes(value["N"])
    ((kind, content),) = value.items()
    match kind:
        case "L":
            return 3 + len(content) + sum(map(_value_bytes, content))
        case "NULL" | "BOOL":
            return 1
        case "B":  # base64: four characters for three bytes
            return len(content.rstrip("=")) * 3 // 4
        case "M":
            return 3 + len(content) + item_bytes(content)
        case _:
            raise StoreRefused(f"no size is known for attributes of type {kind}")
