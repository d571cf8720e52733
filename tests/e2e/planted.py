"""Values that are sent, or configured, and must come to light nowhere; and finding them, however they are written."""

import hashlib
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable, Mapping
from typing import Any

NAME = "Hanako Canary7f3a"
EMAIL = "Canary7f3a.mail@example.jp"
BIRTHDAY = "1931-07-17"
ISSUER = "https://canary7f3a.example.com"
SUBJECT = "canary7f3a|subject"
MEMO = "a memo for canary7f3a"
"""What stands in the text of a purchase: kept, and shown, but nobody else's business."""
NUMBER = "5105105105105100"
PERSONAL = (NAME, EMAIL, BIRTHDAY, ISSUER, SUBJECT)
WRITTEN = (NUMBER, "5105 1051 0510 5100", "5105-1051-0510-5100", "\uff15\uff11\uff10\uff15 1051 0510 5100")
"""The number as people write it."""


class Planted:
    """All the forms of some values in which one could be known again."""

    def __init__(self, values: Iterable[str]) -> None:
        self._forms = {form: value for value in values for form in _forms(value)}

    def found_in(self, content: bytes) -> list[str]:
        """Which of the values are there."""
        folded = content.lower()
        return sorted({value for form, value in self._forms.items() if form in folded})


def _forms(value: str) -> Iterable[bytes]:
    """As it is, encoded, and by hashes that anybody can compute. All in lower case."""
    for plain in {value.encode(), value.lower().encode()}:
        yield plain.lower()
        for encoded in (b64encode(plain), urlsafe_b64encode(plain)):
            yield encoded.rstrip(b"=").lower()
        yield plain.hex().encode()
        for algorithm in (hashlib.sha256, hashlib.sha1, hashlib.md5):
            digest = algorithm(plain).digest()
            yield digest.hex().encode()
            yield b64encode(digest).rstrip(b"=").lower()


def bytes_of(value: Any) -> bytes:
    """Everything in an item, a header or an answer, one thing a line: binary values as they are."""
    match value:
        case bytes():
            return value
        case Mapping():
            return b"\n".join(bytes_of(one) for pair in value.items() for one in pair)
        case list() | tuple():
            return b"\n".join(map(bytes_of, value))
        case _:
            return str(value).encode()
