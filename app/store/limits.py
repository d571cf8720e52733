"""What Amazon DynamoDB refuses and charges, checked and counted here because DynamoDB Local is laxer.

Limits and sizes: "Quotas in Amazon DynamoDB" and "DynamoDB item sizes and formats". A transactional write costs two
units for each started kilobyte of an item; a secondary index that has the item's keys costs one for each kilobyte of
what it carries, and two where an item moves in it.
"""

from collections.abc import Sequence
from math import ceil
from typing import Any

from app.ports.errors import StoreRefused

MAX_ACTIONS = 100
MAX_TRANSACTION_BYTES = 4 * 1024 * 1024
MAX_ITEM_BYTES = 400 * 1024
MAX_PK_BYTES = 2048
MAX_SK_BYTES = 1024
_INDEX_KEYS = ("GSI1PK", "GSI2PK", "scorePK")  # which carry (nearly) the whole item
_SMALL_INDEX_KEYS = ("ledgerPK", "duePK")  # which carry its keys and a few words


def check_transaction(items: Sequence[dict[str, Any]]) -> list[int]:
    """The items' sizes in bytes. Raises StoreRefused for a transaction that DynamoDB would refuse."""
    if not 1 <= len(items) <= MAX_ACTIONS:
        raise StoreRefused("a transaction has 1 to 100 actions")
    if len({(item["PK"]["S"], item["SK"]["S"]) for item in items}) != len(items):
        raise StoreRefused("a transaction names an item once")
    sizes = [check_item(item) for item in items]
    if sum(sizes) > MAX_TRANSACTION_BYTES:
        raise StoreRefused("a transaction has at most 4 MB")
    return sizes


def check_item(item: dict[str, Any]) -> int:
    """The item's size in bytes. Raises StoreRefused for an item that DynamoDB would refuse."""
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
    return float(
        sum(
            ceil(size / 1024) * (2 + index_writes * sum(index_key in item for index_key in _INDEX_KEYS))
            + sum(index_key in item for index_key in _SMALL_INDEX_KEYS)
            for item, size in zip(items, sizes, strict=True)
        )
    )


def item_bytes(item: dict[str, Any]) -> int:
    """Attribute names and values, as DynamoDB counts them."""
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def _value_bytes(value: dict[str, Any]) -> int:
    ((kind, content),) = value.items()
    if kind == "S" and content.isascii():
        return len(content)
    match kind:
        case "S":
            return len(str(content).encode())
        case "N":
            digits = str(content).lstrip("-").replace(".", "")
            return (len(digits) + 1) // 2 + 1 + str(content).startswith("-")
        case "NULL" | "BOOL":
            return 1
        case "B":  # base64: four characters for three bytes
            return len(str(content).rstrip("=")) * 3 // 4
        case "L":
            return 3 + sum(1 + _value_bytes(member) for member in content)
        case "M":
            return 3 + sum(1 + len(name.encode()) + _value_bytes(member) for name, member in content.items())
        case _:
            raise StoreRefused(f"no size is known for attributes of type {kind}")
