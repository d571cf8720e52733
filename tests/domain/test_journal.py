import pytest

from app.domain.journal import CHART, EntryKind, Role, account_code, postings_of
from app.domain.kickbacks import KickbackType

# What comes in is booked against this account, what goes out the other way round.
AGAINST = {
    EntryKind.EARN: Role.PROMOTION_COST,
    EntryKind.CLAWBACK: Role.PROMOTION_COST,
    EntryKind.USE: Role.REDEMPTION,
    EntryKind.RESTORE: Role.REDEMPTION,
    EntryKind.EXPIRE: Role.BREAKAGE,
    EntryKind.ADJUST: Role.ADJUSTMENT,
}


@pytest.mark.parametrize("kind", KickbackType)
@pytest.mark.parametrize("entry_kind", EntryKind)
@pytest.mark.parametrize("amount", [1, 50, 10**12])
def test_what_comes_in_is_owed_and_what_goes_out_no_more(
    entry_kind: EntryKind, kind: KickbackType, amount: int
) -> None:
    liability, against = account_code(kind, Role.LIABILITY), account_code(kind, AGAINST[entry_kind])
    debit, credit = postings_of(entry_kind, kind, amount)
    assert (debit.account, debit.debit, debit.credit) == (against, amount, 0)
    assert (credit.account, credit.debit, credit.credit) == (liability, 0, amount)
    debit, credit = postings_of(entry_kind, kind, -amount)
    assert (debit.account, debit.debit, debit.credit) == (liability, amount, 0)
    assert (credit.account, credit.debit, credit.credit) == (against, 0, amount)


def test_nothing_is_not_booked() -> None:
    assert postings_of(EntryKind.RESTORE, KickbackType.POINT, 0) == ()


def test_no_two_types_share_an_account() -> None:
    assert set(AGAINST) == set(EntryKind)
    assert len(CHART) == len(Role) * len(KickbackType)
    assert {(one.kind, one.role) for one in CHART.values()} == {(kind, role) for kind in KickbackType for role in Role}
    assert len({one.name for one in CHART.values()}) == len(CHART)


def test_the_codes_are_those_of_the_stored_passbooks() -> None:
    assert {code: one.name for code, one in CHART.items() if one.kind is KickbackType.POINT} == {
        "2110": "Points owed to customers",
        "2210": "Points redeemed, rewards payable",
        "4110": "Points expired unused (breakage)",
        "5110": "Promotion cost of points",
        "5210": "Adjustments of points",
    }
    assert [account_code(kind, Role.LIABILITY) for kind in KickbackType] == ["2110", "2120", "2130"]
