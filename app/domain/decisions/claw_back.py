"""A purchase is reversed: what it earned goes back, from its own lot first, then soonest expiry first."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.domain.decisions.expire import decide_expire
from app.domain.decisions.following import Change, Moment, deficit_of, followed, lots_of
from app.domain.journal import EntryKind
from app.domain.ledger import Account, LedgerEntry
from app.domain.lots import DEFICIT, Allocation, take


class ClawbackPolicy(StrEnum):
    """What happens to points that are to go back and have been spent."""

    ALLOW_NEGATIVE = "allow_negative"
    """The balance goes below zero; later earnings fill the hole first."""
    WITHIN_BALANCE = "within_balance"
    """Only what is there goes back; the rest is the programme's loss."""


@dataclass(frozen=True, slots=True)
class Clawback:
    """The command: `amount` (positive) that had come into the lot of `source` and `expires_on` goes back."""

    account: Account
    amount: int
    source: str
    expires_on: date | None
    cause: str
    policy: ClawbackPolicy
    moment: Moment


def decide_claw_back(head: LedgerEntry | None, clawback: Clawback) -> list[LedgerEntry]:
    """What has expired before, then the clawback. No clawback within a balance of nothing."""
    if clawback.amount <= 0:
        raise ValueError("a clawback is more than nothing")
    moment = clawback.moment.present(head)
    before = decide_expire(head, moment)
    head = before[-1] if before else head
    own = (clawback.source, clawback.expires_on)
    ordered = sorted(lots_of(head), key=lambda lot: (lot.source, lot.expires_on) != own)
    left, taken = take(ordered, clawback.amount)
    missing = clawback.amount + sum(one.amount for one in taken)
    deficit = deficit_of(head)
    if missing and clawback.policy is ClawbackPolicy.ALLOW_NEGATIVE:
        taken += (Allocation(DEFICIT, None, -missing),)
        deficit += missing
    if not taken:
        return before
    kept = {(lot.source, lot.expires_on): lot for lot in left}
    lots = tuple(kept[key] for lot in lots_of(head) if (key := (lot.source, lot.expires_on)) in kept)
    change = Change(lots, deficit, taken)
    return [
        *before,
        followed(head, clawback.account, EntryKind.CLAWBACK, change, cause=clawback.cause, moment=moment),
    ]
