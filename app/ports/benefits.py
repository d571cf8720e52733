"""Definitions of benefits, and the exercises of them. (Exercises are written with the ledger entries they cause.)"""

from typing import Protocol

from app.domain.benefits import DefinedBenefit, Exercise
from app.ports.audit import AuditRow


class Benefits(Protocol):
    """Every method raises StoreUnavailable. Reads are strongly consistent."""

    async def newest(self, benefit_id: str) -> DefinedBenefit | None:
        """The newest version of a definition."""
        ...

    async def add(self, defined: DefinedBenefit, *, audit: AuditRow, token: str) -> bool:
        """Writes the version, if it is new, and the row of the audit trail, once, however often the same call with the
        same token is repeated. False when it is there already. Raises OutcomeUnknown when no answer came."""
        ...

    async def exercise(self, user_id: str, benefit_id: str, number: int) -> Exercise | None:
        """The user's exercise of a benefit with this number."""
        ...
