"""Keeping from those outside which user something is about."""

from typing import Protocol


class Pseudonyms(Protocol):
    """The names that users have in rankings."""

    def shown(self, user_id: str) -> str:
        """The same for ever, and nothing that the id could be found out from."""
        ...


class PlainPseudonyms:
    """Where ids may be seen: they are the service's own, and say nothing of who somebody is."""

    def shown(self, user_id: str) -> str:
        """The id."""
        return user_id


class Concealing(Protocol):
    """For what goes out and comes back, as a cursor does: those in between cannot read it."""

    def sealed(self, plain: bytes) -> bytes:
        """At most 16 bytes longer."""
        ...

    def opened(self, sealed: bytes) -> bytes:
        """Raises ValueError for what was not sealed here."""
        ...
