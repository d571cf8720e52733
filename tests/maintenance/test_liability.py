import random

import pytest

from app.domain.journal import Role, account_code
from app.domain.kickbacks import KickbackType
from app.domain.liability import Liability
from app.maintenance.liability import liability_report
from app.ports.errors import StoreUnavailable
from app.ports.scans import Unreadable
from tests.domain.histories import histories, instants
from tests.domain.passbooks import TOKYO, earning, passbook
from tests.domain.trial_sums import added_up
from tests.fakes.scans import FakeFactScan

END = "2030-01-01T00:00:00.000000Z"


@pytest.mark.parametrize("passes", [1, 3])
@pytest.mark.parametrize("seed", range(4))
async def test_at_any_instant_its_totals_are_the_liability_accounts(seed: int, passes: int) -> None:
    entries = histories(seed, steps=60, users=("u1", "u2", "u3"))
    facts = FakeFactScan(others=list(entries))
    for at in random.Random(seed).sample(instants(entries, random.Random(seed)), 12):
        report = await liability_report(facts, at, TOKYO, passes=passes)
        sums = added_up(entries, at)
        for kind, one in report.types.items():
            debit, credit = sums.get(account_code(kind, Role.LIABILITY), (0, 0))
            assert one.total == credit - debit
        assert report.agrees
        assert (report.entries, report.incomplete, report.unreadable) == (len(entries), 0, [])


async def test_portions_add_up_to_the_whole() -> None:
    facts = FakeFactScan(others=list(histories(7, steps=80, users=[f"u{n}" for n in range(9)])))
    whole = await liability_report(facts, END, TOKYO)
    assert whole.accounts > 10
    assert await liability_report(facts, END, TOKYO, passes=5) == whole


async def test_without_entries_all_types_are_there_with_nothing() -> None:
    report = await liability_report(FakeFactScan(), END, TOKYO)
    assert report.types == {kind: Liability() for kind in KickbackType}
    assert report.agrees


async def test_what_is_missing_or_cannot_be_read_is_told() -> None:
    entries = passbook([earning(10), earning(20), earning(30)])
    unreadable = [Unreadable("USER#u|LEDGER#POINT#0000000001", "its key is not its own")]
    facts = FakeFactScan(others=[entries[0], entries[2]], unreadable=unreadable)
    for passes in (1, 4):
        report = await liability_report(facts, END, TOKYO, passes=passes)
        assert (report.incomplete, report.unreadable) == (1, ["USER#u|LEDGER#POINT#0000000001"])
        assert report.types[KickbackType.POINT].total == 10


async def test_a_scan_that_fails_is_raised() -> None:
    def called(_: str) -> None:
        raise StoreUnavailable("injected")

    with pytest.raises(StoreUnavailable):
        await liability_report(FakeFactScan(called=called), END, TOKYO)
