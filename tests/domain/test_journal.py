import pytest

from app.domain.journal import ACCOUNTS, earn_postings
from app.domain.kickbacks import KickbackType


@pytest.mark.parametrize("kind", KickbackType)
@pytest.mark.parametrize("amount", [1, 50, 10**12])
def test_what_is_earned_is_owed_and_costs_as_much(kind: KickbackType, amount: int) -> None:
    cost, liability = earn_postings(kind, amount)
    assert (cost.account, cost.debit, cost.credit) == (ACCOUNTS[kind].promotion_cost, amount, 0)
    assert (liability.account, liability.debit, liability.credit) == (ACCOUNTS[kind].liability, 0, amount)


def test_no_two_types_share_an_account() -> None:
    codes = [code for one in ACCOUNTS.values() for code in (one.liability, one.promotion_cost)]
    assert set(ACCOUNTS) == set(KickbackType)
    assert len(set(codes)) == len(codes)
