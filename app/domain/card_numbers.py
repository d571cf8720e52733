"""Finding payment card numbers in text, so that none is ever stored.

A card number is 13 to 19 digits with a known issuer's prefix and length that pass the Luhn check. Spaces and dashes
between the digits are ignored; digits that are part of a longer word or number are something else. Prefixes and
lengths are in `card_issuers`.
"""

import re
import unicodedata
from collections.abc import Iterator

from app.domain.card_issuers import brand_of

_SHORTEST, _LONGEST = 13, 19
_LONGEST_WRITTEN = 64

# Groups of digits joined by spaces and dashes, not touching a letter or a further digit at either end.
_RUN = re.compile(r"(?<![^\W_])[0-9](?:[ -]*[0-9])*(?![^\W_])")
_SEPARATORS = re.compile("[ -]+")
_DIGIT = re.compile(r"\d")  # of any script
_QUICK = re.compile(r"[0-9](?:[ -]*[0-9]){12}")
# What people type as a space or a dash, beyond the ASCII ones.
_SPACES_AND_DASHES = {"Zs": " ", "Pd": "-"}
_MINUS = "\u2212"


def refuse_card_number(text: str) -> str:
    """Returns the text. Raises ValueError if a card number is in it; the message does not repeat it."""
    if has_card_number(text):
        raise ValueError("must not contain a card number")
    return text


def card_digits(text: str) -> str:
    """The digits of a card number, where the text is one and nothing else: digits of any script, spaces and dashes
    between them. Raises ValueError; the message does not repeat it."""
    plain = "" if len(text) > _LONGEST_WRITTEN else text if text.isascii() else _ascii_digits(text)
    digits = _SEPARATORS.sub("", plain) if _RUN.fullmatch(plain) else ""
    if not (_SHORTEST <= len(digits) <= _LONGEST and _is_card_number(digits)):
        raise ValueError("must be a card number: 13 to 19 digits, spaces and dashes between them allowed")
    return digits


def has_card_number(text: str) -> bool:
    """Whether any run of digits in the text, or any part of it between separators, is a card number."""
    if len(text) < _SHORTEST:
        return False
    if text.isascii():
        plain = text
    elif len(_DIGIT.findall(text)) < _SHORTEST:  # as good as always, and the next step looks at every character
        return False
    else:
        plain = _ascii_digits(text)
    if not _QUICK.search(plain):
        return False
    return any(_is_card_number(digits) for run in _RUN.findall(plain) for digits in _windows(run))


def _ascii_digits(text: str) -> str:
    """Full-width and other digits, spaces and dashes as ASCII, so that they cannot hide a number."""
    return "".join(_plain(char) for char in text)


def _plain(char: str) -> str:
    if char == _MINUS:
        return "-"
    kind = unicodedata.category(char)
    if kind == "Nd":
        return str(unicodedata.digit(char))
    if kind == "Cf":  # nothing to see, and so nothing in between
        return ""
    return _SPACES_AND_DASHES.get(kind, char)


def _windows(run: str) -> Iterator[str]:
    """Every sequence of neighbouring digit groups of a plausible length: a date before a number hides nothing."""
    groups = _SEPARATORS.split(run)
    for first in range(len(groups)):
        digits = ""
        for group in groups[first:]:
            digits += group
            if len(digits) > _LONGEST:
                break
            if len(digits) >= _SHORTEST:
                yield digits


def _is_card_number(digits: str) -> bool:
    return brand_of(digits) is not None and _passes_luhn(digits)


def _passes_luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
