"""What a check can find."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """Names are stable: scripts compare them."""

    UNREADABLE = "UNREADABLE"
    ENTRY_HASH = "ENTRY_HASH"
    ENTRY_CHAIN = "ENTRY_CHAIN"
    ENTRY_MISSING = "ENTRY_MISSING"
    ENTRY_BALANCE = "ENTRY_BALANCE"
    ENTRY_LOTS = "ENTRY_LOTS"
    ENTRY_ALLOCATIONS = "ENTRY_ALLOCATIONS"
    ENTRY_POSTINGS = "ENTRY_POSTINGS"
    ENTRY_STEP = "ENTRY_STEP"
    ENTRY_TIMES = "ENTRY_TIMES"
    ENTRY_EXPIRY = "ENTRY_EXPIRY"
    ENTRY_DUE = "ENTRY_DUE"
    RECEIPT_MISSING = "RECEIPT_MISSING"
    RECEIPT_WRONG = "RECEIPT_WRONG"
    TALLY_MISSING = "TALLY_MISSING"
    TALLY_WRONG = "TALLY_WRONG"
    EXERCISE_WRONG = "EXERCISE_WRONG"
    EARNING_MISSING = "EARNING_MISSING"
    EARNING_TWICE = "EARNING_TWICE"
    EARNING_WRONG = "EARNING_WRONG"
    GUARD_MISSING = "GUARD_MISSING"
    GUARD_WRONG = "GUARD_WRONG"
    PURCHASE_MISSING = "PURCHASE_MISSING"
    PURCHASE_TWICE = "PURCHASE_TWICE"
    REVERSAL_MISSING = "REVERSAL_MISSING"
    REVERSAL_SURPLUS = "REVERSAL_SURPLUS"
    REVERSAL_WRONG = "REVERSAL_WRONG"
    REVERSAL_SUM = "REVERSAL_SUM"
    VIEW_MISSING = "VIEW_MISSING"
    VIEW_SURPLUS = "VIEW_SURPLUS"
    VIEW_WRONG = "VIEW_WRONG"
    PARKED = "PARKED"
    GAP = "GAP"


@dataclass(frozen=True, slots=True)
class Difference:
    """`key` says where, in the words of the tables; `expected` and `found` what, each empty where there is nothing."""

    kind: Kind
    key: str
    expected: str
    found: str
