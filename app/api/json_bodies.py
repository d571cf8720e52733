"""JSON as clients send it, read strictly: nothing is guessed, rounded or overwritten silently."""

import json
from decimal import Decimal
from typing import Any, NoReturn


class NotJson(json.JSONDecodeError):
    """The body is not acceptable JSON. The message is fixed text and never holds what was sent."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail, "", 0)
        self.detail = detail


def parse_json(body: bytes) -> Any:
    """The value. Fractions become Decimal, exactly; NaN, Infinity and repeated keys are refused. Raises NotJson."""
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
    members = dict(pairs)
    if len(members) != len(pairs):
        raise NotJson("must not repeat a field")
    return members


_DECODER = json.JSONDecoder(parse_float=Decimal, parse_constant=_refuse_constant, object_pairs_hook=_unique)
