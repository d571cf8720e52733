"""DynamoDB's JSON as msgspec reads it: attribute values, answers, and the small words to write them."""

from typing import Any, Generic, TypeVar

import msgspec

BODY = "Body"
"""Where the client's answers have their bytes."""

Item = dict[str, Any]
V = TypeVar("V")


# A page has a thousand values. They hold no other objects, so that the garbage collector need not know of them.


class Text(msgspec.Struct, frozen=True, gc=False):
    """`{"S": "..."}`"""

    S: str


class OptionalText(msgspec.Struct, frozen=True, gc=False):
    """The same where an item need not have it. UNSET is what msgspec leaves out when it encodes."""

    S: str | msgspec.UnsetType


ABSENT = OptionalText(msgspec.UNSET)
"""The default of such an attribute."""


class Number(msgspec.Struct, frozen=True, gc=False):
    """`{"N": "..."}`: digits, exactly as they are stored."""

    N: str


class Whole(msgspec.Struct, frozen=True, gc=False):
    """`{"N": "..."}` as a number of any size. Only for decoders made by `lax`: DynamoDB sends digits as text."""

    N: int


class Value(msgspec.Struct):
    """Any attribute value inside a list."""

    S: str | None = None
    N: str | None = None
    NULL: bool | None = None
    L: list["Value"] | None = None


class ListValue(msgspec.Struct):
    """`{"L": [...]}`"""

    L: list[Value]


class Binary(msgspec.Struct):
    """`{"B": "..."}`: base64, which msgspec decodes."""

    B: bytes


class MapValue(msgspec.Struct, Generic[V]):
    """`{"M": {...}}`"""

    M: dict[str, V]


class Consumed(msgspec.Struct):
    """DynamoDB's own count, in capacity units."""

    CapacityUnits: float = 0.0


class Answer(msgspec.Struct, kw_only=True):
    """What every data call answers beside its result."""

    ConsumedCapacity: Consumed | list[Consumed] = msgspec.field(default_factory=Consumed)


R = TypeVar("R")


def lax(answer: type[R]) -> msgspec.json.Decoder[R]:
    """A decoder that also reads `Whole`."""
    return msgspec.json.Decoder(answer, strict=False)


class QueryAnswer(Answer, Generic[R], kw_only=True):
    """One page of a Query. An empty page with a LastEvaluatedKey is not the end."""

    Items: list[R]
    LastEvaluatedKey: dict[str, dict[str, str]] | None = None


class GetAnswer(Answer, Generic[R], kw_only=True):
    """The item, if there is one."""

    Item: R | None = None


class PutAnswer(Answer, kw_only=True):
    """A PutItem's answer."""


class BatchGetAnswer(Answer, Generic[R], kw_only=True):
    """Items by table, and what DynamoDB did not get to."""

    Responses: dict[str, list[R]]
    UnprocessedKeys: dict[str, dict[str, Any]] = {}


class BatchWriteAnswer(Answer, kw_only=True):
    """What DynamoDB did not get to."""

    UnprocessedItems: dict[str, list[dict[str, Any]]] = {}


def text(value: str) -> dict[str, str]:
    """A string attribute."""
    return {"S": value}


def number(value: int) -> dict[str, str]:
    """A whole-number attribute."""
    return {"N": str(value)}


def key(pk: str, sk: str) -> dict[str, dict[str, str]]:
    """The primary key of an item."""
    return {"PK": {"S": pk}, "SK": {"S": sk}}
