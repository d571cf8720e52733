"""Users' names in rankings, a keyed hash; and a cipher for cursors, which hold whom or what a page ended with."""

import hashlib
import hmac
from base64 import urlsafe_b64encode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

_NAME_BYTES = 16
_PURPOSE = b"kickbacks cursor"


class KeyedPseudonyms:
    """See the port. Services with the same secret give the same names."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def shown(self, user_id: str) -> str:
        """`u_` and 22 characters."""
        digest = hmac.digest(self._secret, f"ranking:{user_id}".encode(), hashlib.sha256)
        return "u_" + urlsafe_b64encode(digest[:_NAME_BYTES]).rstrip(b"=").decode()


class CursorCipher:
    """See the port. Services with the same secret open what the others sealed."""

    def __init__(self, secret: bytes) -> None:
        # SIV needs nothing random that could be repeated by mistake. That the same position is always sealed to the
        # same bytes gives away no more than that two pages end at the same place.
        self._cipher = AESSIV(hmac.digest(secret, _PURPOSE, hashlib.sha512))

    def sealed(self, plain: bytes) -> bytes:
        """16 bytes longer."""
        return self._cipher.encrypt(plain, None)

    def opened(self, sealed: bytes) -> bytes:
        """Raises ValueError: it was sealed with another secret, or not at all."""
        try:
            return self._cipher.decrypt(sealed, None)
        except InvalidTag:
            raise ValueError("not sealed with this secret") from None
