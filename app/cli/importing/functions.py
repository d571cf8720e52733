"""What expressions can do with a value. Every error is fixed text: none repeats the value."""

import hashlib
import hmac
import re
from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from decimal import Context, Decimal, Inexact, InvalidOperation
from fnmatch import fnmatchcase

_HASH_CHARACTERS = 32
_DECIMAL = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?", re.ASCII)
_DECORATION = str.maketrans("", "", ",，¥￥円$€ \u00a0\u3000")
# Exact or an error: nothing is ever rounded.
_EXACT = Context(prec=80, traps=[Inexact, InvalidOperation])


class RowInvalid(ValueError):
    """A row that cannot be sent. The message never holds one of its values."""


def text_of(value: object) -> str | None:
    """A cell as text; None when it is empty."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal | None):
        raise RowInvalid("a column must be a text or a number")
    text = "" if value is None else str(value)
    return text if text.strip() else None


def number(value: str) -> str:
    """Without thousands separators and currency signs."""
    text = value.translate(_DECORATION)
    if not _DECIMAL.fullmatch(text):
        raise RowInvalid("not a number")
    return text


def times(value: str, factor: int) -> str:
    """The exact product, which must be whole."""
    text = value.strip()
    if not _DECIMAL.fullmatch(text):
        raise RowInvalid("not a decimal number")
    product = _EXACT.multiply(Decimal(text), Decimal(factor))
    if product != product.to_integral_value():
        raise RowInvalid(f"not a whole number after multiplying by {factor}")
    return str(int(product))


def matched(value: str, pairs: Sequence[tuple[str, str]]) -> str | None:
    """The text behind the first pattern (`*`, `?`) that fits."""
    return next((text for pattern, text in pairs if fnmatchcase(value, pattern)), None)


def keyed_hash(values: Sequence[str], key: bytes) -> str:
    """HMAC-SHA256, 32 hex characters. Lengths go in as well: ("ab", "c") is not ("a", "bc")."""
    digest = hmac.new(key, digestmod=hashlib.sha256)
    for value in values:
        encoded = value.encode()
        digest.update(f"{len(encoded)}:".encode())
        digest.update(encoded)
    return digest.hexdigest()[:_HASH_CHARACTERS]


def instant_text(value: str, form: str | None, zone: tzinfo) -> str:
    """RFC 3339 with the zone's offset. Of a local time that comes twice, the first one is meant."""
    try:
        local = datetime.strptime(value, form) if form else datetime.fromisoformat(value)  # noqa: DTZ007 - zone follows
    except ValueError:
        raise RowInvalid("not a time in the form that was told") from None
    return (local if local.tzinfo else local.replace(tzinfo=zone)).isoformat()


def date_text(value: str, form: str) -> str:
    """`YYYY-MM-DD`."""
    try:
        return datetime.strptime(value, form).replace(tzinfo=UTC).date().isoformat()
    except ValueError:
        raise RowInvalid("not a date in the form that was told") from None
