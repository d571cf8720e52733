"""The header of a token: read before anything about it is known to be true, and so only to find the key."""

from base64 import urlsafe_b64decode
from dataclasses import dataclass
from typing import Any

from app.identity.reasons import Reason
from app.identity.strict_json import read_object
from app.ports.identity import TokenRefused

ALGORITHMS = frozenset({"RS256", "ES256"})
MAX_TOKEN_BYTES = 8 * 1024
_MAX_KEY_ID = 256
_TYPES = frozenset({"jwt", "at+jwt", "application/at+jwt"})
# What would bring a key along, point to one, or change what the signature is about.
_FORBIDDEN = frozenset({"jku", "jwk", "x5u", "x5c", "crit", "b64", "zip", "enc"})


@dataclass(frozen=True, slots=True)
class Header:
    """What is used of it. `algorithm` must in addition be that of the key."""

    algorithm: str
    key_id: str | None


def read_header(token: str) -> Header:
    """Raises TokenRefused where no key could make the token good."""
    if len(token) > MAX_TOKEN_BYTES:
        raise TokenRefused(Reason.TOO_LONG)
    if not token.isascii() or token.count(".") != 2:
        raise TokenRefused(Reason.MALFORMED)
    return _checked(_decoded(token.split(".", 1)[0]))


def _decoded(segment: str) -> dict[str, Any]:
    try:
        return read_object(urlsafe_b64decode(segment + "=" * (-len(segment) % 4)))
    except ValueError:
        raise TokenRefused(Reason.MALFORMED) from None


def _checked(header: dict[str, Any]) -> Header:
    algorithm, key_id, kind = header.get("alg"), header.get("kid"), header.get("typ", "JWT")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        raise TokenRefused(Reason.ALGORITHM)
    if not _FORBIDDEN.isdisjoint(header):
        raise TokenRefused(Reason.HEADER)
    if not isinstance(kind, str) or kind.lower() not in _TYPES:
        raise TokenRefused(Reason.TYPE)
    if "kid" in header and not (isinstance(key_id, str) and 0 < len(key_id) <= _MAX_KEY_ID):
        raise TokenRefused(Reason.HEADER)
    return Header(algorithm, key_id)
