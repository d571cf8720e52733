"""Checking a token: its signature by PyJWT, with the key's own algorithm, and each claim that has to be there."""

import math
from dataclasses import dataclass
from typing import Any

from jwt import PyJWK, PyJWT
from jwt.exceptions import (
    DecodeError,
    InvalidAudienceError,
    InvalidIssuerError,
    InvalidSignatureError,
    InvalidSubjectError,
    MissingRequiredClaimError,
    PyJWTError,
)
from jwt.types import Options

from app.identity.reasons import Reason
from app.identity.strict_json import read_object
from app.ports.identity import TokenRefused

Claims = dict[str, Any]

MAX_SUBJECT = 255

# The library takes the time from the machine and reads "1" and true as times, so times are checked below.
_OPTIONS: Options = {
    "require": ["exp", "iat", "sub", "aud", "iss"],
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
    "enforce_minimum_key_length": True,
}
# The first that fits, so the narrower errors come first.
_REASONS: tuple[tuple[type[PyJWTError], Reason], ...] = (
    (InvalidSignatureError, Reason.SIGNATURE),
    (MissingRequiredClaimError, Reason.MISSING),
    (InvalidIssuerError, Reason.ISSUER),
    (InvalidAudienceError, Reason.AUDIENCE),
    (InvalidSubjectError, Reason.SUBJECT),
    (DecodeError, Reason.MALFORMED),
)


class _StrictPyJWT(PyJWT):
    """Reads claims like headers: a name that is there twice is refused."""

    def _decode_payload(self, decoded: dict[str, Any]) -> Claims:
        try:
            return read_object(decoded["payload"])
        except ValueError as error:
            raise DecodeError(str(error)) from None


_JWT = _StrictPyJWT()


@dataclass(frozen=True, slots=True)
class Expected:
    """What the claims must say. `leeway` in seconds."""

    issuer: str
    audience: str
    leeway: int


def verified_claims(token: str, key: PyJWK, expected: Expected, now: float) -> Claims:
    """The claims of a token that this key signed and that is good at `now` (epoch seconds). Raises TokenRefused."""
    try:
        claims: Claims = _JWT.decode(
            token,
            key,
            algorithms=[key.algorithm_name],
            options=_OPTIONS,
            audience=expected.audience,
            issuer=expected.issuer,
        )
    except PyJWTError as error:
        raise TokenRefused(_reason(error)) from None
    if not is_text(claims["sub"]):
        raise TokenRefused(Reason.SUBJECT)
    _check_times(claims, now, expected.leeway)
    return claims


def is_text(value: object) -> bool:
    """Whether it is a text of 1 to 255 characters, all of which there are."""
    return (
        isinstance(value, str)
        and 0 < len(value) <= MAX_SUBJECT
        and not any("\ud800" <= char <= "\udfff" for char in value)
    )


def _reason(error: PyJWTError) -> Reason:
    return next((reason for kind, reason in _REASONS if isinstance(error, kind)), Reason.CLAIMS)


def _check_times(claims: Claims, now: float, leeway: int) -> None:
    if _seconds(claims["exp"]) <= now - leeway:
        raise TokenRefused(Reason.EXPIRED)
    if _seconds(claims["iat"]) > now + leeway or _seconds(claims.get("nbf", 0)) > now + leeway:
        raise TokenRefused(Reason.NOT_YET)


def _seconds(value: object) -> float:
    """A NumericDate (RFC 7519)."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TokenRefused(Reason.CLAIMS)
    if isinstance(value, float) and not math.isfinite(value):
        raise TokenRefused(Reason.CLAIMS)
    return value
