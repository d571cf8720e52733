"""Why a token is refused: fixed texts, for the log only."""

from enum import StrEnum


class Reason(StrEnum):
    """Of TokenRefused. None holds anything of the token."""

    TOO_LONG = "too long"
    MALFORMED = "not a signed JSON Web Token"
    ALGORITHM = "algorithm not accepted"
    HEADER = "header not accepted"
    TYPE = "type not accepted"
    KEY = "unknown key"
    SIGNATURE = "wrong signature"
    MISSING = "a claim is missing"
    EXPIRED = "expired"
    NOT_YET = "not valid yet"
    ISSUER = "wrong issuer"
    AUDIENCE = "wrong audience"
    SUBJECT = "subject not accepted"
    CLAIMS = "claims not accepted"
