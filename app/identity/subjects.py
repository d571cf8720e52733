"""A caller's name in logs, limits and the audit trail: never anything personal."""

import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass

from app.domain.identifiers import check_id

_HASHED = "h:"
_BYTES = 16


@dataclass(frozen=True, slots=True)
class SubjectNames:
    """`secret` keys the hash."""

    secret: bytes

    def plain(self, subject: str) -> str:
        """The subject where it is a valid id of ours (so no e-mail address), else its hash. What looks like a hash is
        hashed again: nobody chooses another's name."""
        return self.hashed(subject) if subject.startswith(_HASHED) or not is_id(subject) else subject

    def hashed(self, subject: str) -> str:
        """`h:` and 22 characters, the same for the same subject as long as the secret is."""
        digest = hmac.digest(self.secret, b"subject:" + subject.encode(), "sha256")[:_BYTES]
        return _HASHED + urlsafe_b64encode(digest).decode().rstrip("=")


def is_id(value: object) -> bool:
    """Whether it can be the id of a user."""
    try:
        return isinstance(value, str) and bool(check_id(value))
    except ValueError:
        return False
