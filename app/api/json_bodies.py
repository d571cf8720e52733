"""JSON as clients send it, read strictly: nothing is guessed, rounded or overwritten silently."""

import json
from decimal import Decimal
from typing import Any, NoReturn

# Reading takes time for each value, more than for each byte. What can be valid here has some hundreds.
MAX_PARTS = 4096
MAX_FIELDS = 256
MAX_DIGITS = 1000  # the time to read a number grows with the square of these


class NotJson(json.JSONDecodeError):
    """The body is not acceptable JSON. The message is fixed text and never holds what was sent."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail, "", 0)
        self.detail = detail


def parse_json(body: bytes) -> Any:
    """The value. Fractions become Decimal, exactly; NaN, Infinity and repeated keys are refused, and what would take
    long to read: more commas and opening brackets than MAX_PARTS, wherever they stand. Raises NotJson."""
    if len(body) > MAX_PARTS and body.count(b",") + body.count(b"[") + body.count(b"{") > MAX_PARTS:
        raise NotJson("must not have so many parts")
    try:
        return _DECODER.decode(body.decode("utf-8"))
    except NotJson:
        raise
    except UnicodeDecodeError:
        raise NotJson("must be UTF-8") from None
    except RecursionError:
        raise NotJson("must not be nested that deeply") from None
    except (ValueError, ArithmeticError):  # malformed, or a number beyond all bounds
        raise NotJson("must be JSON") from None


def _refuse_constant(_: str) -> NoReturn:
    raise NotJson("must not contain NaN or Infinity")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(pairs) > MAX_FIELDS:
        raise NotJson("must not have so many fields")
    members = dict(pairs)
    if len(members) != len(pairs):
        raise NotJson("must not repeat a field")
    return members


def _integer(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise NotJson("must be JSON")
    return int(digits)


_DECODER = json.JSONDecoder(
    parse_float=Decimal, parse_int=_integer, parse_constant=_refuse_constant, object_pairs_hook=_unique
)
