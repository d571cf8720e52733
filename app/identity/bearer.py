"""From a token to who shows it."""

from collections.abc import Callable
from dataclasses import dataclass

from app.domain.access import Principal
from app.identity.headers import Header, read_header
from app.identity.reasons import Reason
from app.identity.remembered import Remembered, RememberedTokens
from app.identity.scopes import scopes_of
from app.identity.subjects import SubjectNames
from app.identity.tokens import Claims
from app.identity.users import PROGRAM, FoundUser, UserFinder, is_program
from app.identity.verifying import Verifier
from app.ports.identity import TokenRefused


@dataclass(frozen=True, slots=True)
class TrustedIssuer:
    """Whose tokens are good here, and how their claims are read."""

    verifier: Verifier
    scope_claim: str
    users: UserFinder


@dataclass(frozen=True, slots=True)
class BearerIdentity:
    """See app.ports.identity.Identity. `issuer_of` says by the header who must have signed; None is nobody.
    `clock`: the process's seconds, never going back; `now`: epoch seconds."""

    issuer_of: Callable[[Header], TrustedIssuer | None]
    names: SubjectNames
    remembered: RememberedTokens
    clock: Callable[[], float]
    now: Callable[[], float]

    async def principal_of(self, token: str) -> Principal:
        """The same token again is a look-up, as long as its issuer's keys are the same."""
        known = self.remembered.find(token, clock=self.clock(), now=self.now())
        if known is None:
            return await self._found(token)
        keys = known.source.fresh() or await known.source.keys()
        return known.principal if keys is known.keys else await self._found(token)

    async def _found(self, token: str) -> Principal:
        header = read_header(token)
        issuer = self.issuer_of(header)
        if issuer is None:
            raise TokenRefused(Reason.KEY)
        verified = await issuer.verifier.verified(token, header)
        claims = verified.claims
        user = PROGRAM if is_program(claims) else await issuer.users.find(claims)
        principal = Principal(self._name(claims, user), scopes_of(claims.get(issuer.scope_claim)), user.user_id)
        if user.seconds:
            one = Remembered(
                principal=principal,
                source=issuer.verifier.source,
                keys=verified.keys,
                until=self.clock() + user.seconds,
                expires=claims["exp"] + issuer.verifier.expected.leeway,
            )
            self.remembered.remember(token, one)
        return principal

    def _name(self, claims: Claims, user: FoundUser) -> str:
        return (self.names.hashed if user.is_personal else self.names.plain)(claims["sub"])
