"""Where keys come from."""

from typing import Protocol

from app.identity.key_sets import KeySet


class KeySource(Protocol):
    """Of one issuer. Returns the same object for as long as the keys are the same."""

    def fresh(self) -> KeySet | None:
        """The keys, where they are known well enough; None where they have to be waited for."""
        ...

    async def keys(self) -> KeySet:
        """The keys. Raises IssuerUnavailable."""
        ...

    async def newer(self) -> KeySet:
        """For a token whose key is not among them: asked for again, unless that was done a moment ago. Raises
        IssuerUnavailable where that could not be found out."""
        ...
