"""Points that expired unused are not taken back a second time; points that were used before are."""

from datetime import date, timedelta

import pytest

from app.commands.posting import Carried
from app.domain.ledger import LedgerEntry
from app.ports.ledger import CommandKind, TallyId
from tests.commands.posters import posting, use
from tests.commands.reversers import TODAY, WITHIN, bought, reverse, reversing, taken_back
from tests.commands.test_reverse_transaction import answer, balance
from tests.domain.passbooks import ACCOUNT
from tests.fakes import FakeFacts
from tests.purchases import NOW

AFTER = NOW + timedelta(days=200)
LONG_AGO = date(2023, 5, 1)


def set_off(facts: FakeFacts, last_day: date = TODAY + timedelta(days=180)) -> list[int]:
    """The sums of the lot's tally."""
    tally = TallyId(CommandKind.SET_OFF, ACCOUNT.user_id, ("POINT", f"PURCHASE:{last_day}"))
    return [step.amount for (of, _), step in sorted(facts.tallies.items(), key=lambda x: x[0][1]) if of == tally]


async def test_what_expired_unused_is_gone_already() -> None:
    facts = FakeFacts()
    one = await bought(facts)
    done = await reverse(reversing(facts, now=lambda: AFTER))
    assert answer(done) == [5000, 50, 0, 0]
    assert (balance(facts), set_off(facts)) == (0, [50])
    assert taken_back(facts, one) == (5000, 50)


async def test_what_was_used_before_is_taken_back() -> None:
    facts = FakeFacts()
    await bought(facts)
    await use(posting(facts), 30)
    assert answer(await reverse(reversing(facts, now=lambda: AFTER))) == [5000, 50, 30, 0]
    assert (balance(facts), set_off(facts)) == (-30, [20])


async def test_two_purchases_of_one_lot_share_what_expired() -> None:
    facts = FakeFacts()
    await bought(facts, transaction_id="a")
    await bought(facts, transaction_id="b")
    await use(posting(facts), 50)
    using = reversing(facts, now=lambda: AFTER)
    assert answer(await reverse(using, 2500, "v1", transaction_id="a")) == [2500, 25, 0, 2500]
    assert answer(await reverse(using, None, "v1", transaction_id="b")) == [5000, 50, 25, 0]
    assert answer(await reverse(using, None, "v2", transaction_id="a")) == [2500, 25, 25, 0]
    assert (balance(facts), set_off(facts)) == (-50, [25, 50])


async def test_within_the_balance_too() -> None:
    facts = FakeFacts()
    await bought(facts)
    await use(posting(facts), 30)
    assert answer(await reverse(reversing(facts, WITHIN, now=lambda: AFTER))) == [5000, 50, 0, 0]
    assert (balance(facts), set_off(facts)) == (0, [20])


@pytest.mark.parametrize("lags", [True, False])
async def test_expiry_booked_with_a_late_purchase_counts_though_the_index_lags(
    lags: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The purchase is told when its points are over: it expires in the same write."""
    facts = FakeFacts()
    await bought(facts, transaction_id="today")
    one = await bought(facts, transaction_date=LONG_AGO)
    assert [entry.kind.value for entry in facts.passbook(ACCOUNT)] == ["EARN", "EARN", "EXPIRE"]
    using = reversing(facts)
    if lags:
        monkeypatch.setattr(using.posting.ledger, "happened", _nothing)
    assert answer(await reverse(using)) == [5000, 50, 0, 0]
    assert balance(facts) == 50
    assert taken_back(facts, one) == (5000, 50)


async def _nothing(*_: object, **__: object) -> list[LedgerEntry]:
    return []


async def test_buying_and_reversing_what_is_over_leaves_nothing() -> None:
    facts = FakeFacts()
    using = reversing(facts)
    for number in range(20):
        await bought(facts, transaction_id=f"t{number}", transaction_date=LONG_AGO)
        assert isinstance(await reverse(using, transaction_id=f"t{number}"), Carried)
    head = facts.passbook(ACCOUNT)[-1]
    assert (head.balance, head.deficit, head.lots) == (0, 0, ())


async def test_a_lot_that_counts_is_taken_from_as_ever() -> None:
    facts = FakeFacts()
    await bought(facts)
    assert answer(await reverse(reversing(facts))) == [5000, 50, 50, 0]
    assert set_off(facts) == []


async def test_a_lagging_index_hides_nothing_however_much_was_just_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    facts = FakeFacts()
    await bought(facts, transaction_id="today")
    await bought(facts, transaction_id="old", transaction_date=LONG_AGO)
    for number in range(60):
        await bought(facts, transaction_id=f"t{number}")
    using = reversing(facts)
    monkeypatch.setattr(using.posting.ledger, "happened", _nothing)
    assert answer(await reverse(using, transaction_id="old")) == [5000, 50, 0, 0]
