"""A lot is what was earned from one source and expires on one day; redemptions take soonest expiry first."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date


@dataclass(frozen=True, slots=True)
class Lot:
    """`expires_on` is the last day it counts, None for ever. Lots of one source and day are one lot."""

    source: str
    expires_on: date | None
    earned: int
    remaining: int

    @property
    def lot_id(self) -> str:
        """'PURCHASE:2023-10-28', or 'PURCHASE:NEVER' when it does not expire."""
        return f"{self.source}:{self.expires_on.isoformat() if self.expires_on else 'NEVER'}"


def add_to_lots(lots: Sequence[Lot], earned: Lot) -> tuple[Lot, ...]:
    """The lots with what was earned in them, in the order in which they are used."""
    same = [lot for lot in lots if lot.lot_id == earned.lot_id]
    others = [lot for lot in lots if lot.lot_id != earned.lot_id]
    merged = (
        replace(same[0], earned=same[0].earned + earned.earned, remaining=same[0].remaining + earned.remaining)
        if same
        else earned
    )
    return tuple(sorted([*others, merged], key=_use_order))


def _use_order(lot: Lot) -> tuple[date, str]:
    return (lot.expires_on or date.max, lot.source)
