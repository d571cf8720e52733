"""What clients asked and what came of it, written down as it happens."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

NO_ANSWER = 0
"""In the place of a status: the connection broke before there was one."""
REQUEST_SECONDS = 3.0
"""How long the service may take for a request here."""


class Kind(StrEnum):
    """What is asked."""

    NEW = "new purchase"
    AGAIN = "the same again"
    CHANGED = "the same id, changed"
    HISTORY = "history"
    RANKING = "ranking"
    REDEEM = "redemption"
    LIVE = "health/live"


class Phase(StrEnum):
    """Before: answered before the fault; during: met it. Just after: sent when it was over, which the service need not
    have noticed yet."""

    BEFORE = "before"
    DURING = "during"
    RECOVERING = "just after"
    AFTER = "long after"


@dataclass(frozen=True, slots=True)
class Call:
    """One request: when it was sent (seconds, monotonic), how long it took, and its answer's status."""

    kind: Kind
    phase: Phase
    at: float
    seconds: float
    status: int


@dataclass(slots=True)
class History:
    """Everything that was asked in one run. `wrong`: answers that were not what they must be, in words.

    `purchases`: the body of each that was ever sent, by id; `recorded`: the answer's body of those acknowledged.
    `redemptions`: user and amount of each that was ever sent; `redeemed`: those acknowledged.
    """

    phase: Phase = Phase.BEFORE
    calls: list[Call] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    purchases: dict[str, dict[str, Any]] = field(default_factory=dict)
    recorded: dict[str, bytes] = field(default_factory=dict)
    redemptions: dict[str, tuple[str, int]] = field(default_factory=dict)
    redeemed: set[str] = field(default_factory=set)

    @property
    def was_busy(self) -> bool:
        """The machine had no time for all that was asked of it, already before there was a fault: 503 says nothing."""
        return self.statuses(Phase.BEFORE)[503] > 0

    def during(self, *kinds: Kind) -> Iterator[Call]:
        """The calls that met the fault."""
        return (call for call in self.calls if call.phase is Phase.DURING and (not kinds or call.kind in kinds))

    def statuses(self, phase: Phase, *kinds: Kind) -> Counter[int]:
        """How often each was answered, probes of liveness apart."""
        return Counter(
            call.status
            for call in self.calls
            if call.phase is phase and (call.kind in kinds if kinds else call.kind is not Kind.LIVE)
        )

    def share_answered(self, phase: Phase) -> float:
        """How many of the requests were done rather than put off."""
        statuses = self.statuses(phase)
        return 1 - (statuses[503] + statuses[NO_ANSWER]) / max(1, statuses.total())


def percentile(calls: Iterator[Call], share: float) -> float:
    """Seconds that this share of the calls took at most; 0 where there are none."""
    seconds = sorted(call.seconds for call in calls)
    return seconds[min(len(seconds) - 1, int(share * len(seconds)))] if seconds else 0.0
