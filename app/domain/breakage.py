"""How much of what is outstanding will probably never be used, from what became of the lots that are over: exactly."""

from dataclasses import dataclass

MINIMUM_LOTS = 30
"""From fewer nothing is concluded."""
RULE = (
    "outstanding that can expire x expired / earned, over all lots whose last day is over, rounded half up; "
    f"unknown with fewer than {MINIMUM_LOTS} such lots. Earned is what came into them less what was taken back."
)


@dataclass(slots=True)
class Outcome:
    """Of lots whose last day is over: how many, what came into them (less what was taken back with reversed purchases)
    and what of it nobody had used."""

    lots: int = 0
    earned: int = 0
    expired: int = 0

    def add(self, *, earned: int, expired: int) -> None:
        """One more lot."""
        self.lots += 1
        self.earned += earned
        self.expired += expired


def expected_breakage(outstanding: int, over: Outcome) -> int | None:
    """What of `outstanding` will expire if the share stays what it was; None with too little to go by."""
    if over.lots < MINIMUM_LOTS or over.earned <= 0:
        return None
    return (2 * outstanding * over.expired + over.earned) // (2 * over.earned)
