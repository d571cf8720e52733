"""A token against an issuer's keys, and against its newer keys where those do not fit."""

from collections.abc import Callable
from dataclasses import dataclass

from app.identity.headers import Header
from app.identity.key_sets import KeySet
from app.identity.reasons import Reason
from app.identity.sources import KeySource
from app.identity.tokens import Claims, Expected, verified_claims
from app.ports.identity import TokenRefused


@dataclass(frozen=True, slots=True)
class Verified:
    """Claims that are true, and the keys that say so."""

    claims: Claims
    keys: KeySet


@dataclass(frozen=True, slots=True)
class Verifier:
    """Of one issuer's tokens. `now`: epoch seconds."""

    expected: Expected
    source: KeySource
    now: Callable[[], float]

    async def verified(self, token: str, header: Header) -> Verified:
        """Raises TokenRefused, IssuerUnavailable."""
        keys = await self.source.keys()
        try:
            return Verified(self._claims(token, header, keys), keys)
        except TokenRefused as refused:
            if not _may_be_a_newer_key(header, refused):
                raise
        keys = await self.source.newer()
        return Verified(self._claims(token, header, keys), keys)

    def _claims(self, token: str, header: Header, keys: KeySet) -> Claims:
        fitting = keys.fitting(header)
        if not fitting:
            raise TokenRefused(Reason.ALGORITHM if keys.has_name(header.key_id) else Reason.KEY)
        for key in fitting:
            try:
                return verified_claims(token, key, self.expected, self.now())
            except TokenRefused as refused:
                if refused.reason != Reason.SIGNATURE:
                    raise
        raise TokenRefused(Reason.SIGNATURE)


def _may_be_a_newer_key(header: Header, refused: TokenRefused) -> bool:
    """Keys without a name are told apart by nothing but what they signed."""
    return refused.reason == Reason.KEY or (header.key_id is None and refused.reason == Reason.SIGNATURE)
