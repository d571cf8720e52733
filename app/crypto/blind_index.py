"""The BlindIndex port: HMAC-SHA-256 (RFC 2104) under a key for each purpose, which HKDF (RFC 5869) makes of one."""

from base64 import urlsafe_b64encode
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from app.crypto.envelope import KEY_BYTES, bound_to

_LABEL = "kickbacks blind index"


@dataclass(frozen=True, slots=True)
class HmacIndex:
    """See the port. `key`: 256 random bits."""

    _key: bytes = field(repr=False)

    def of(self, purpose: str, *parts: str) -> str:
        """See the port."""
        key = HKDFExpand(SHA256(), KEY_BYTES, info=bound_to(_LABEL, purpose)).derive(self._key)
        mac = HMAC(key, SHA256())
        mac.update(bound_to(*parts))
        return urlsafe_b64encode(mac.finalize()).decode().rstrip("=")
