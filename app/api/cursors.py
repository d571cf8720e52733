"""Cursors: opaque, signed, short-lived, and good only for the caller, route and parameters they were made for."""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec

from app.api.problems import CURSOR_INVALID, Problem
from app.ports.pages import Position
from app.ports.pseudonyms import Concealing

_VERSION = 1
# Cursors that other instances sealed are opened here: these bytes stay as they are.
_BINDING = json.JSONEncoder(separators=(",", ":"))
_MAC_BYTES = 16


@dataclass(frozen=True, slots=True)
class Cursors:
    """Signs with the first secret and accepts all of them, so that a secret can be replaced without breaking walks.
    Where positions are concealed, nobody can read in a cursor whom or what a page ended with."""

    secrets: Sequence[bytes]
    ttl_seconds: int
    epoch_seconds: Callable[[], int]
    concealing: Concealing | None = None

    def seal(self, binding: Sequence[str], position: Position) -> str:
        """The text for a position. `binding` is everything the cursor is to be good for, and nothing else."""
        expires = self.epoch_seconds() + self.ttl_seconds
        # A merchant's name takes up to 1,024 bytes as it is, and three times as many escaped.
        payload = msgspec.json.encode([_VERSION, expires, *position])
        if self.concealing is not None:
            payload = self.concealing.sealed(payload)
        return _text(payload + _mac(self.secrets[0], binding, payload))

    def open(self, binding: Sequence[str], cursor: str) -> Position:
        """The position. Raises Problem CURSOR_INVALID for anything that was not sealed for this, or too long ago."""
        sealed = _bytes(cursor)
        payload, mac = sealed[:-_MAC_BYTES], sealed[-_MAC_BYTES:]
        if not any(hmac.compare_digest(mac, _mac(secret, binding, payload)) for secret in self.secrets):
            raise _invalid()
        try:
            version, expires, *position = json.loads(self._plain(payload))
        except ValueError:  # concealed with another key, or before there was one
            raise _invalid() from None
        if version != _VERSION or expires <= self.epoch_seconds():
            raise _invalid()
        return tuple(position)

    def _plain(self, payload: bytes) -> bytes:
        return self.concealing.opened(payload) if self.concealing is not None else payload


def _mac(secret: bytes, binding: Sequence[str], payload: bytes) -> bytes:
    bound = _BINDING.encode(list(binding)).encode()
    message = len(bound).to_bytes(4, "big") + bound + payload
    return hmac.digest(secret, message, hashlib.sha256)[:_MAC_BYTES]


def _text(sealed: bytes) -> str:
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()


def _bytes(cursor: str) -> bytes:
    try:
        sealed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise _invalid() from None
    # Base64 has several spellings of the same bytes; only ours is accepted.
    if len(sealed) <= _MAC_BYTES or _text(sealed) != cursor:
        raise _invalid()
    return sealed


def _invalid() -> Problem:
    return Problem(CURSOR_INVALID, "Start again without a cursor.")
