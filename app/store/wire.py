"""DynamoDB's JSON as msgspec reads it: attribute values, answers, and the small words to write them."""

from typing import Any, Generic, TypeVar

import msgspec

Item = dict[str, Any]


class Text(msgspec.Struct):
    """`{"S": "..."}`"""

    S: str


class Number(msgspec.Struct):
    """`{"N": "..."}`: digits, exactly as they are stored."""

    N: str


class Consumed(msgspec.Struct):
    """DynamoDB's own count, in capacity units."""

    CapacityUnits: float = 0.0


class Answer(msgspec.Struct, kw_only=True):
    """What every data call answers beside its result."""

    ConsumedCapacity: Consumed = msgspec.field(default_factory=Consumed)


R = TypeVar("R")


class QueryAnswer(Answer, Generic[R], kw_only=True):
    """One page of a Query. An empty page with a LastEvaluatedKey is not the end."""

    Items: list[R]
    LastEvaluatedKey: dict[str, dict[str, str]] | None = None


class GetAnswer(Answer, Generic[R], kw_only=True):
    """The item, if there is one."""

    Item: R | None = None


class PutAnswer(Answer, kw_only=True):
    """A PutItem's answer."""


def text(value: str) -> dict[str, str]:
    """A string attribute."""
    return {"S": value}


def number(value: int) -> dict[str, str]:
    """A whole-number attribute."""
    return {"N": str(value)}


def key(pk: str, sk: str) -> dict[str, dict[str, str]]:
    """The primary key of an item."""
    return {"PK": {"S": pk}, "SK": {"S": sk}}
