"""Finding payment card numbers in text, so that none is ever stored.

A card number is 13 to 19 digits with a known issuer's prefix and length that pass the Luhn check. Spaces and dashes
between the digits are ignored; digits that are part of a longer word or number are something else. Prefixes and
lengths are the issuers' published ranges (ISO/IEC 7812 issuer identification numbers).
"""

import re
import unicodedata
from collections.abc import Iterator

# (lowest prefix, highest prefix, lengths). Both prefixes of a row have the same number of digits.
_ISSUERS: tuple[tuple[int, int, tuple[int, ...]], ...] = (
    (4, 4, (13, 16, 19)),  # Visa
    (51, 55, (16,)),  # Mastercard
    (2221, 2720, (16,)),  # Mastercard
    (34, 34, (15,)),  # American Express
    (37, 37, (15,)),  # American Express
    (3528, 3589, (16, 17, 18, 19)),  # JCB
    (2131, 2131, (15,)),  # JCB, old
    (1800, 1800, (15,)),  # JCB, old
    (300, 305, (14, 16, 17, 18, 19)),  # Diners Club
    (3095, 3095, (14, 16, 17, 18, 19)),  # Diners Club
    (36, 36, (14, 15, 16, 17, 18, 19)),  # Diners Club
    (38, 39, (14, 16, 17, 18, 19)),  # Diners Club
    (6011, 6011, (16, 17, 18, 19)),  # Discover
    (644, 649, (16, 17, 18, 19)),  # Discover
    (65, 65, (16, 17, 18, 19)),  # Discover, RuPay, Troy
    (60, 60, (16,)),  # RuPay
    (62, 62, (16, 17, 18, 19)),  # UnionPay
    (81, 82, (16, 17, 18, 19)),  # UnionPay, RuPay
    (2200, 2204, (16, 17, 18, 19)),  # Mir
    (9792, 9792, (16,)),  # Troy
    (50, 50, (13, 14, 15, 16, 17, 18, 19)),  # Maestro
    (56, 58, (13, 14, 15, 16, 17, 18, 19)),  # Maestro
    (6304, 6304, (13, 14, 15, 16, 17, 18, 19)),  # Maestro
    (639, 639, (13, 14, 15, 16, 17, 18, 19)),  # Maestro
    (67, 67, (13, 14, 15, 16, 17, 18, 19)),  # Maestro
)
_SHORTEST, _LONGEST = 13, 19

# Groups of digits joined by spaces and dashes, not touching a letter or a further digit at either end.
_RUN = re.compile(r"(?<![^\W_])[0-9](?:[ -]*[0-9])*(?![^\W_])")
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
    groups = re.split("[ -]+", run)
    for first in range(len(groups)):
        digits = ""
        for group in groups[first:]:
            digits += group
            if len(digits) > _LONGEST:
                break
            if len(digits) >= _SHORTEST:
                yield digits


def _is_card_number(digits: str) -> bool:
    return _has_issuer(digits) and _passes_luhn(digits)


def _has_issuer(digits: str) -> bool:
    return any(
        len(digits) in lengths and low <= int(digits[: len(str(low))]) <= high for low, high, lengths in _ISSUERS
    )


def _passes_luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
