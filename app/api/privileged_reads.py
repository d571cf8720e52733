"""That somebody who may look at everybody's things did: written before anything is shown."""

from collections.abc import Sequence

from app.api.access_rules import Gate
from app.api.services import Services
from app.callers import Caller
from app.domain.identifiers import check_category, check_id
from app.domain.periods import utc_text
from app.ports.audit import AuditOutcome, AuditRow

_KINDS = {
    "id": ("user", check_id),
    "transactionId": ("transaction", check_id),
    "redemptionId": ("redemption", check_id),
    "cardId": ("card", check_id),
    "cat": ("category", check_category),
}


async def note_privileged_read(gate: Gate, values: Sequence[str], caller: Caller, services: Services) -> None:
    """Raises StoreUnavailable: then nothing may be shown."""
    try:
        about = tuple(_about(name, value) for name, value in zip(gate.names, values, strict=True) if name in _KINDS)
    except ValueError:
        return  # nothing is shown either: the endpoint refuses such ids, and here nothing of them is to be kept
    at = utc_text(services.live.now())
    await services.trail.append(AuditRow(at, caller, gate.name, about, AuditOutcome.SHOWN))


def _about(name: str, value: str) -> str:
    kind, check = _KINDS[name]
    return f"{kind}:{check(value)}"
