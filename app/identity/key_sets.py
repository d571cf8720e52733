"""Key sets (RFC 7517): which of an issuer's keys may verify tokens here."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt import PyJWK
from jwt.exceptions import PyJWTError

from app.identity.headers import Header
from app.identity.strict_json import read_object

_MAX_KEYS = 64
_RSA_BITS = range(2048, 8192 + 1)
_ALGORITHM_OF = {("RSA", None): "RS256", ("EC", "P-256"): "ES256"}
_MATERIAL = ("kid", "kty", "crv", "x", "y", "n", "e")
# Tokens without a key id are tried with so many keys that have none either: a rotation shows two at a time.
_MAX_NAMELESS = 2

Fingerprint = frozenset[tuple[str | None, ...]]


@dataclass(frozen=True, slots=True)
class KeySet:
    """`fingerprint`: equal where the same keys have the same names."""

    keys: tuple[PyJWK, ...]
    fingerprint: Fingerprint

    def fitting(self, header: Header) -> tuple[PyJWK, ...]:
        """The keys that the token may be signed with, by name and by their own type. A token that names none fits
        the keys without a name, or the only key there is."""
        named = tuple(key for key in self.keys if key.key_id == header.key_id)
        if header.key_id is None:
            named = named[-_MAX_NAMELESS:] if named else self.keys if len(self.keys) == 1 else ()
        return tuple(key for key in named if key.algorithm_name == header.algorithm)

    def has_name(self, key_id: str | None) -> bool:
        """Whether there is a key of that name, whatever its type."""
        return key_id is not None and any(key.key_id == key_id for key in self.keys)


NO_KEYS = KeySet((), frozenset())


def key_set_of(document: bytes) -> KeySet:
    """Those keys of a key set that are good here; others are passed over. Raises ValueError unless it is one."""
    listed = read_object(document).get("keys")
    if not isinstance(listed, list) or len(listed) > _MAX_KEYS:
        raise ValueError("not a key set")
    return key_set(one for one in listed if isinstance(one, dict))


def key_set(listed: Iterable[dict[str, Any]]) -> KeySet:
    """The same from the keys' own documents."""
    good = [(one, key) for one in listed if (key := _key(one)) is not None]
    return KeySet(
        tuple(key for _, key in good), frozenset(tuple(one.get(name) for name in _MATERIAL) for one, _ in good)
    )


def _key(one: dict[str, Any]) -> PyJWK | None:
    if not _is_for_signatures(one):
        return None
    curve = one.get("crv") if one.get("kty") == "EC" else None
    algorithm = _ALGORITHM_OF.get((str(one.get("kty")), curve))
    if algorithm is None or one.get("alg", algorithm) != algorithm:
        return None
    try:
        key = PyJWK(one, algorithm)
    except (PyJWTError, ValueError, TypeError, KeyError):  # what the library says of numbers that are none
        return None
    return key if _is_strong(key.key) else None


def _is_for_signatures(one: dict[str, Any]) -> bool:
    if not all(isinstance(one.get(name), str | None) for name in _MATERIAL):
        return False
    operations = one.get("key_ops", ["verify"])
    return one.get("use", "sig") == "sig" and isinstance(operations, list) and "verify" in operations


def _is_strong(key: object) -> bool:
    """Not where it is a private key: what an issuer shows is nobody's secret any more."""
    if isinstance(key, RSAPublicKey):
        return key.key_size in _RSA_BITS
    return isinstance(key, EllipticCurvePublicKey) and key.curve.name == "secp256r1"
