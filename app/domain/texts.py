"""Free text: names and descriptions as people write them, in any script."""

import unicodedata

from app.domain.card_numbers import refuse_card_number

MAX_TEXT_LENGTH = 256

# Control characters, lone surrogates, and line and paragraph separators.
_REFUSED_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})
# They reorder what stands around them on the screen, so that a name can pass for another one.
_BIDI_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def clean_text(value: str) -> str:
    """Returns the text in NFC, at most 256 characters. Raises ValueError with a fixed text."""
    if len(value) > 4 * MAX_TEXT_LENGTH:  # before normalising: NFC shortens by far less than this
        raise ValueError("must be at most 256 characters")
    if any(unicodedata.category(char) in _REFUSED_CATEGORIES or char in _BIDI_OVERRIDES for char in value):
        raise ValueError("must not contain control characters")
    normal = unicodedata.normalize("NFC", value)
    if len(normal) > MAX_TEXT_LENGTH:
        raise ValueError("must be at most 256 characters")
    return refuse_card_number(normal)


def clean_name(value: str) -> str:
    """A text that is not blank. Raises ValueError with a fixed text."""
    text = clean_text(value)
    if not text.strip():
        raise ValueError("must not be blank")
    return text
