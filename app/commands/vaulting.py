"""What writing to the vault works with. The audit trail is in another table, so its row is written first: of what was
done there is always one, and a row may be left of what then failed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from app.domain.periods import utc_text
from app.ports.auditor import Auditor
from app.ports.vault import Vault


@dataclass(frozen=True, slots=True)
class Vaulting:
    """Bound once at start. `random_bytes` makes as many as it is told, unpredictable ones."""

    vault: Vault
    auditor: Auditor
    now: Callable[[], datetime]
    random_bytes: Callable[[int], bytes]

    def at(self) -> str:
        """This moment as UTC text."""
        return utc_text(self.now())
