"""Double entry: what each ledger entry books, and on which accounts. The codes are data; sums are always zero."""

from dataclasses import dataclass

from app.domain.kickbacks import KickbackType


@dataclass(frozen=True, slots=True)
class Posting:
    """One line of a journal entry. Amounts in the kickback's unit; one of the two is zero."""

    account: str
    debit: int
    credit: int


@dataclass(frozen=True, slots=True)
class Accounts:
    """The account codes of one kickback type (勘定科目コード)."""

    liability: str
    promotion_cost: str


ACCOUNTS: dict[KickbackType, Accounts] = {
    KickbackType.POINT: Accounts(liability="2110", promotion_cost="5110"),
    KickbackType.MILE: Accounts(liability="2120", promotion_cost="5120"),
    KickbackType.CASHBACK: Accounts(liability="2130", promotion_cost="5130"),
}


def earn_postings(kind: KickbackType, amount: int) -> tuple[Posting, ...]:
    """The issuer owes what the customer earned: promotion cost to liability."""
    accounts = ACCOUNTS[kind]
    return (Posting(accounts.promotion_cost, amount, 0), Posting(accounts.liability, 0, amount))
