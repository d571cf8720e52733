"""Which user a token stands for."""

from dataclasses import dataclass
from typing import Protocol

from app.identity.subjects import is_id
from app.identity.tokens import Claims, is_text
from app.ports.vault import Users

CLAIMED_S = 5 * 60
FOUND_S = 60


@dataclass(frozen=True, slots=True)
class FoundUser:
    """`seconds`: how long that may be taken for true. `is_personal`: whether the token's subject may say who somebody
    is, so that it has to stay out of logs."""

    user_id: str | None
    seconds: float
    is_personal: bool


PROGRAM = FoundUser(None, CLAIMED_S, is_personal=False)


def is_program(claims: Claims) -> bool:
    """A client's own token (RFC 6749, 4.4): it names itself as its subject. It is never a user, even one of that
    name."""
    return claims["sub"] in (claims.get("client_id"), claims.get("azp"))


class UserFinder(Protocol):
    """One way to find out."""

    async def find(self, claims: Claims) -> FoundUser:
        """The user whom verified claims speak of. Raises StoreUnavailable where storage has to be asked."""
        ...


@dataclass(frozen=True, slots=True)
class ClaimedUsers:
    """The claim is the user's id here."""

    claim: str

    async def find(self, claims: Claims) -> FoundUser:
        """None where the claim is no id of ours."""
        value = claims.get(self.claim)
        return FoundUser(value if is_id(value) else None, CLAIMED_S, is_personal=False)


@dataclass(frozen=True, slots=True)
class VaultUsers:
    """The vault knows whose the claim is. Who was erased is nobody a minute later at most; who is nobody yet is asked
    for each time, so that somebody new is known at once."""

    claim: str
    vault: Users

    async def find(self, claims: Claims) -> FoundUser:
        """None where the vault knows nobody."""
        value = claims.get(self.claim)
        found = await self.vault.user_of(claims["iss"], str(value)) if is_text(value) else None
        return FoundUser(found, FOUND_S if found is not None else 0, is_personal=True)
