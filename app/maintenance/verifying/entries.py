"""What must hold of every ledger entry by itself."""

from collections.abc import Iterator

from app.domain.ledger import LedgerEntry, entry_hash
from app.maintenance.verifying.differences import Difference, Kind


def entry_key(entry: LedgerEntry) -> str:
    """'user123 POINT 7'"""
    return f"{entry.account.user_id} {entry.account.kind.value} {entry.version}"


def entry_differences(entry: LedgerEntry) -> Iterator[Difference]:
    """The hash is that of the content, the open lots hold the balance, the allocations are the amount, debit is
    credit."""
    key = entry_key(entry)
    sealed = entry_hash(entry)
    if entry.hash != sealed:
        yield Difference(Kind.ENTRY_HASH, key, sealed, entry.hash)
    remaining = sum(lot.remaining for lot in entry.lots)
    if remaining != entry.balance:
        yield Difference(Kind.ENTRY_LOTS, key, f"lots with {entry.balance} left", str(remaining))
    allocated = sum(allocation.amount for allocation in entry.allocations)
    if allocated != entry.amount:
        yield Difference(Kind.ENTRY_ALLOCATIONS, key, f"allocations of {entry.amount}", str(allocated))
    debit = sum(posting.debit for posting in entry.postings)
    credit = sum(posting.credit for posting in entry.postings)
    if debit != credit:
        yield Difference(Kind.ENTRY_POSTINGS, key, f"a credit of {debit}", str(credit))
