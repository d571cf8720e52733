"""DynamoDB's attribute values as Python values and back, for clients that leave that to their users."""

from collections.abc import Callable, Mapping
from typing import Any

from boto3.dynamodb.types import TypeSerializer

Item = dict[str, Any]
_serialized = TypeSerializer().serialize


def plain(item: Mapping[str, Mapping[str, Any]]) -> Item:
    """`{"count": {"N": "5"}}` -> `{"count": 5}`"""
    return {name: _value(attribute) for name, attribute in item.items()}


def typed(item: Item) -> dict[str, Any]:
    """The inverse, by the SDK's own words. Decimals for what is not whole."""
    return {name: _serialized(value) for name, value in item.items()}


def number(text: str) -> int | float:
    """'5000' -> 5000, '0.01' -> 0.01"""
    return float(text) if "." in text else int(text)


def _value(attribute: Mapping[str, Any]) -> Any:
    ((kind, value),) = attribute.items()
    return _READ[kind](value)


def _same(value: Any) -> Any:
    return value


_READ: dict[str, Callable[[Any], Any]] = {
    "S": _same,
    "N": number,
    "B": _same,
    "BOOL": _same,
    "NULL": lambda _: None,
    "L": lambda members: [_value(member) for member in members],
    "M": plain,
}
