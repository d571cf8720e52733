"""Rows of the audit trail that are no part of another write: for the vault, which is no table of facts."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from app.callers import Caller
from app.domain.periods import utc_text
from app.ports.audit import AuditOutcome, AuditRow, AuditTrail


@dataclass(frozen=True, slots=True)
class Auditor:
    """Bound once at start. `caller` says who is being answered."""

    trail: AuditTrail
    caller: Callable[[], Caller]
    now: Callable[[], datetime]

    async def begun(self, action: str, *about: str, reason: str | None = None) -> None:
        """To be awaited before it is tried. `reason`: where the request itself says one. Raises StoreUnavailable: then
        it must not be done."""
        await self._append(AuditOutcome.BEGUN, action, about, reason)

    async def shown(self, action: str, *about: str) -> None:
        """To be awaited before the answer. Raises StoreUnavailable: then nothing must be shown."""
        await self._append(AuditOutcome.SHOWN, action, about, None)

    async def _append(self, outcome: AuditOutcome, action: str, about: tuple[str, ...], reason: str | None) -> None:
        caller = self.caller()
        if reason is not None:
            caller = replace(caller, reason=reason)
        await self.trail.append(AuditRow(utc_text(self.now()), caller, action, about, outcome))
