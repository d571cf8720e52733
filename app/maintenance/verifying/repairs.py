"""What to do about each kind of difference. Views are made again; facts are never changed by a program."""

from collections.abc import Iterable

from app.maintenance.verifying.differences import Difference, Kind

_RESTORE = "restore the facts table as of a moment before the damage into a new table (point-in-time recovery)"
_REPAIRS = {
    (Kind.UNREADABLE,): f"Nothing is repaired by itself: {_RESTORE}, and put the named items back from there.",
    (
        Kind.ENTRY_HASH,
        Kind.ENTRY_CHAIN,
        Kind.ENTRY_MISSING,
        Kind.ENTRY_BALANCE,
        Kind.ENTRY_LOTS,
        Kind.ENTRY_ALLOCATIONS,
        Kind.ENTRY_POSTINGS,
        Kind.ENTRY_STEP,
        Kind.ENTRY_TIMES,
        Kind.ENTRY_EXPIRY,
        Kind.ENTRY_DUE,
    ): f"Nothing is repaired by itself, the ledger least of all: {_RESTORE}, and put the named entries back from "
    "there. CloudTrail and the stream's old images say who changed them and what they were.",
    (
        Kind.EARNING_MISSING,
        Kind.EARNING_TWICE,
        Kind.EARNING_WRONG,
        Kind.PURCHASE_MISSING,
        Kind.PURCHASE_TWICE,
        Kind.GUARD_MISSING,
        Kind.GUARD_WRONG,
    ): "Nothing is repaired by itself: purchase, guard and entry were written together, so where one is missing or "
    f"says something else, {_RESTORE}, and put that one back from there.",
    (
        Kind.RECEIPT_MISSING,
        Kind.RECEIPT_WRONG,
        Kind.TALLY_MISSING,
        Kind.TALLY_WRONG,
        Kind.EXERCISE_WRONG,
    ): "Nothing is repaired by itself: a command's receipt, sum, exercise and entry were written together, so where "
    f"one is missing or says something else, {_RESTORE}, and put that one back from there.",
    (
        Kind.REVERSAL_MISSING,
        Kind.REVERSAL_SURPLUS,
        Kind.REVERSAL_WRONG,
        Kind.REVERSAL_SUM,
    ): "Nothing is repaired by itself: a reversal's item, receipt, sum and entry were written together, so where one "
    f"is missing or says something else, {_RESTORE}, and put that one back from there.",
    (
        Kind.AUDIT_HASH,
        Kind.AUDIT_UNSEALED,
        Kind.SEAL_MISSING,
        Kind.SEAL_HASH,
        Kind.SEAL_CHAIN,
        Kind.SEAL_ROWS,
    ): "Nothing is repaired, and nothing must be: somebody has changed the audit trail. CloudTrail and the stream's "
    f"old images say who and what. To see what it said, {_RESTORE}.",
    (Kind.PARKED,): "Mend what the reason names; then kickbacks rebuild, which counts these records too.",
    (Kind.GAP,): "kickbacks rebuild: what the stream has lost is in the facts.",
    (Kind.VIEW_MISSING, Kind.VIEW_SURPLUS, Kind.VIEW_WRONG): "kickbacks rebuild makes all views again from the facts.",
}
FACTS_FIRST = "The facts first: views that differ from damaged facts may be right, and a rebuild would copy the damage."
_VIEWS = frozenset({Kind.VIEW_MISSING, Kind.VIEW_SURPLUS, Kind.VIEW_WRONG, Kind.PARKED, Kind.GAP})


def repair_plan(differences: Iterable[Difference]) -> list[str]:
    """One line for each sort of damage there is, in the order in which to repair it."""
    kinds = {one.kind for one in differences}
    first = [FACTS_FIRST] if kinds & _VIEWS and kinds - _VIEWS else []
    return first + [
        f"{', '.join(kind.value for kind in of if kind in kinds)}: {what}"
        for of, what in _REPAIRS.items()
        if kinds & set(of)
    ]
