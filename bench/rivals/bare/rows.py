"""What of DynamoDB's answers the floor reads, as msgspec decodes it."""

from typing import Generic, TypeVar

import msgspec

R = TypeVar("R")


class Text(msgspec.Struct):
    """`{"S": "..."}`"""

    S: str


class Number(msgspec.Struct):
    """`{"N": "..."}`."""

    N: str


class Value(msgspec.Struct):
    """A number in a list, or none."""

    N: str | None = None


class Values(msgspec.Struct):
    """`{"L": [...]}`"""

    L: list[Value]


class Parts(msgspec.Struct):
    """`{"M": {...}}` of lists."""

    M: dict[str, Values]


class Sums(msgspec.Struct, kw_only=True):
    """A row of the views."""

    SK: Text
    scoreSK: Text | None = None
    count: Number
    transactionTotal: Number
    rateMillionthsSum: Number
    POINT: Number | None = None
    MILE: Number | None = None
    CASHBACK: Number | None = None
    name: Text | None = None
    namedAt: Text | None = None
    parts: Parts | None = None


class Answer(msgspec.Struct, Generic[R]):
    """A Query's items."""

    Items: list[R]
