"""AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce for each ciphertext, bound to the place it belongs to.

A ciphertext is a version byte, the nonce, and what AES-GCM makes (16 bytes of tag at its end). What is bound to it but
not in it ("additional data") is a JSON list of texts, which no two different lists share. Random nonces of one key
repeat with a chance of 2^-32 after 2^32 ciphertexts; a user's key makes a few dozen.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.ports.encryption import Place, Undecryptable

KEY_BYTES = 32
NONCE_BYTES = 12
_VERSION = b"\x01"

RandomBytes = Callable[[int], bytes]
"""So many unpredictable bytes: os.urandom."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """One key at work. `random` gives nonces."""

    _gcm: AESGCM = field(repr=False)
    _random: RandomBytes = field(repr=False)

    def seal(self, plain: bytes, bound: bytes) -> bytes:
        """The ciphertext, which opens only with the same bytes bound to it."""
        nonce = self._random(NONCE_BYTES)
        return _VERSION + nonce + self._gcm.encrypt(nonce, plain, _VERSION + bound)

    def open(self, sealed: bytes, bound: bytes) -> bytes:
        """Raises Undecryptable."""
        nonce, encrypted = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        if sealed[:1] != _VERSION or len(nonce) < NONCE_BYTES:
            raise Undecryptable("not a ciphertext")
        try:
            return self._gcm.decrypt(nonce, encrypted, _VERSION + bound)
        except InvalidTag:
            raise Undecryptable("a ciphertext is damaged, or not from here") from None


def envelope(key: bytes, random: RandomBytes) -> Envelope:
    """Raises ValueError for a key of another length than 256 bits."""
    if len(key) != KEY_BYTES:
        raise ValueError("a key has 32 bytes")
    return Envelope(AESGCM(key), random)


def bound_to(*parts: str) -> bytes:
    """Different for different parts."""
    return json.dumps(parts, ensure_ascii=True, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True)
class PlaceCipher:
    """The Cipher port."""

    _envelope: Envelope

    def encrypt(self, plain: bytes, place: Place) -> bytes:
        """See the port."""
        return self._envelope.seal(plain, _of(place))

    def decrypt(self, sealed: bytes, place: Place) -> bytes:
        """See the port."""
        return self._envelope.open(sealed, _of(place))


def _of(place: Place) -> bytes:
    return bound_to(place.vault, place.pk, place.sk, place.attribute, place.user_id)
