"""Definitions of benefits, and the exercises of them. (Exercises are written with the ledger entries they cause.)"""

from typing import Protocol

from app.domain.benefits import DefinedBenefit, Exercise


class Benefits(Protocol):
    """Every method raises StoreUnavailable. Reads are strongly consistent."""

    async def newest(self, benefit_id: str) -> DefinedBenefit | None:
        """The newest version of a definition."""
        ...

    async def add(self, defined: DefinedBenefit) -> bool:
        """Writes the version if it is new. False when it is there already, be it that an earlier sending of the same
        call had been a success. Raises OutcomeUnknown when no answer came."""
        ...

    async def exercise(self, user_id: str, benefit_id: str, number: int) -> Exercise | None:
        """The user's exercise of a benefit with this number."""
        ...
