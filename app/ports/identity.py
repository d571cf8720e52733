"""Finding out who a caller is from the token it shows."""

from typing import Protocol

from app.domain.access import Principal


class TokenRefused(Exception):
    """The token is not good here. Why is nobody's business but the log's: `reason` is a fixed text of ours."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class IssuerUnavailable(Exception):
    """The issuer's keys are not known and cannot be had at the moment: nothing can be said about the token."""


class Identity(Protocol):
    """One for the process."""

    async def principal_of(self, token: str) -> Principal:
        """Who shows this token. Raises TokenRefused, IssuerUnavailable, and StoreUnavailable where the vault has to be
        asked for the user's id."""
        ...
