"""Free text: names and descriptions as people write them, in any script."""

import re
import unicodedata

from app.domain.card_numbers import refuse_card_number

MAX_TEXT_LENGTH = 256

# Control characters (Cc), lone surrogates (Cs), and line and paragraph separators (Zl, Zp).
_CONTROLS = r"\u0000-\u001f\u007f-\u009f\ud800-\udfff\u2028\u2029"
# They reorder what stands around them on the screen, so that a name can pass for another one.
_BIDI_OVERRIDES = r"\u202a-\u202e\u2066-\u2069"
REFUSED_CHARACTERS = re.compile(f"[{_CONTROLS}{_BIDI_OVERRIDES}]")


def clean_text(value: str) -> str:
    """Returns the text in NFC, at most 256 characters. Raises ValueError with a fixed text."""
    if len(value) > 4 * MAX_TEXT_LENGTH:  # before normalising: NFC shortens by far less than this
        raise ValueError("must be at most 256 characters")
    if REFUSED_CHARACTERS.search(value):
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
