"""The trial balance: what each account of the journal holds at an instant, from the sums kept of all postings."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.domain.bookings import SECOND
from app.domain.journal import CHART, AccountCode
from app.domain.kickbacks import KickbackType
from app.domain.view_rows import ViewRow


@dataclass(frozen=True, slots=True)
class AccountTotal:
    """An account's turnover: everything that was ever booked on either side of it, in the kickback's unit."""

    account: AccountCode
    debit_total: int
    credit_total: int

    @property
    def debit(self) -> int:
        """The net balance where debits are more, else 0."""
        return max(self.debit_total - self.credit_total, 0)

    @property
    def credit(self) -> int:
        """The net balance where credits are more, else 0."""
        return max(self.credit_total - self.debit_total, 0)


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """Accounts with turnover, by code."""

    accounts: tuple[AccountTotal, ...]

    @property
    def is_balanced(self) -> bool:
        """Whether debits and credits are the same for each kickback type: units are never added to each other."""
        nets = dict.fromkeys(KickbackType, 0)
        for one in self.accounts:
            nets[one.account.kind] += one.debit_total - one.credit_total
        return not any(nets.values())


def trial_balance_of(rows: Iterable[tuple[str, ViewRow]], at: str) -> TrialBalance:
    """From rows with their periods, which hold everything up to `at` (UTC text): see app.ports.views.Views.journal.

    The row of the second in which `at` lies may hold what came later in that second, which is left out.
    """
    second, microsecond = at[:SECOND], at[SECOND + 1 : -1]
    sums: dict[str, tuple[int, int]] = {}
    for period, row in rows:
        for key, (debit, credit) in row.postings.items():
            moment, _, account = key.rpartition("#")
            if period != second or moment <= microsecond:
                debits, credits_ = sums.get(account, (0, 0))
                sums[account] = (debits + debit, credits_ + credit)
    return TrialBalance(tuple(AccountTotal(CHART[account], *sums[account]) for account in sorted(sums)))
