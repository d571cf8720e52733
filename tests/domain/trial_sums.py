"""The trial balance the slow way: by adding up the postings of every entry."""

from collections.abc import Iterable

from app.domain.ledger import LedgerEntry
from app.domain.trial_balance import TrialBalance


def added_up(entries: Iterable[LedgerEntry], at: str) -> dict[str, tuple[int, int]]:
    """Debits and credits by account code, of what had happened by then."""
    sums: dict[str, tuple[int, int]] = {}
    for entry in entries:
        if entry.effective_at <= at:
            for one in entry.postings:
                debit, credit = sums.get(one.account, (0, 0))
                sums[one.account] = (debit + one.debit, credit + one.credit)
    return sums


def shown(balance: TrialBalance) -> dict[str, tuple[int, int]]:
    """The same of a trial balance."""
    return {one.account.code: (one.debit_total, one.credit_total) for one in balance.accounts}
