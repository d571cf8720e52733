"""Reversals: once each, never more than there was, whatever is lost on the way and whoever else is writing."""

import asyncio
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.commands.posting import Carried, IdTaken, Outcome, TooMuch, Unknown
from app.domain.decisions.claw_back import ClawbackPolicy
from app.domain.kickbacks import KickbackType
from app.domain.ledger import Account
from app.domain.lots import DEFICIT, Allocation
from app.domain.reversals import Reversal
from app.ports.errors import OutcomeUnknown, StoreUnavailable
from tests.commands.posters import posting, use
from tests.commands.reversers import ALLOW, TODAY, WITHIN, bought, reverse, reversing, taken_back
from tests.domain.passbooks import ACCOUNT
from tests.fakes import FakeFacts, Fault
from tests.purchases import NOW

LOST = (StoreUnavailable, OutcomeUnknown)


def answer(outcome: Outcome) -> list[int]:
    """Amount, kickback, clawed back, left."""
    assert isinstance(outcome, Carried), outcome
    return [int(number) for number in outcome.receipt.answer.decode().split()]


def balance(facts: FakeFacts, account: Account = ACCOUNT) -> int:
    return facts.passbook(account)[-1].balance


async def test_all_of_it_goes_back() -> None:
    facts = FakeFacts()
    one = await bought(facts)
    outcome = await reverse(reversing(facts), reason="broken")
    assert answer(outcome) == [5000, 50, 50, 0]
    (item,) = facts.further
    assert isinstance(item, Reversal)
    assert (item.item_id, item.count_change, item.reason) == ("txn001#v1", -1, "broken")
    entry = facts.passbook(ACCOUNT)[-1]
    assert (entry.cause, entry.amount, entry.balance, entry.lots) == ("REVERSAL#txn001#v1", -50, 0, ())
    assert taken_back(facts, one) == (5000, 50)


async def test_three_parts_are_the_whole() -> None:
    facts = FakeFacts()
    one = await bought(facts, transaction_amount=1000, kickback_amount=10)
    using = reversing(facts)
    assert answer(await reverse(using, 333, "a")) == [333, 4, 4, 667]  # 667 yen earn 6
    assert answer(await reverse(using, 333, "b")) == [333, 3, 3, 334]
    assert answer(await reverse(using, None, "c")) == [334, 3, 3, 0]
    assert taken_back(facts, one) == (1000, 10)
    assert balance(facts) == 0
    assert await reverse(using, 1, "d") == TooMuch(0)
    assert await reverse(using, None, "e") == TooMuch(0)


async def test_more_than_is_left_is_refused_and_nothing_written() -> None:
    facts = FakeFacts()
    one = await bought(facts)
    using = reversing(facts)
    await reverse(using, 4000, "a")
    assert await reverse(using, 1001, "b") == TooMuch(1000)
    assert taken_back(facts, one) == (4000, 40)
    assert answer(await reverse(using, 1000, "b")) == [1000, 10, 10, 0]


async def test_unknown_purchases_have_no_reversals() -> None:
    facts = FakeFacts()
    assert await reverse(reversing(facts)) == Unknown()
    assert facts.receipts == {}


async def test_the_same_again_is_the_first_answer_and_other_content_is_not() -> None:
    facts = FakeFacts()
    one = await bought(facts)
    using = reversing(facts)
    first = await reverse(using, 2000)
    await reverse(using, None, "v2")
    again = await reverse(using, 2000)
    assert isinstance(first, Carried)
    assert again == Carried(first.receipt, replayed=True)
    for amount, reason in ((2001, None), (None, None), (2000, "why")):
        assert await reverse(using, amount, reason=reason) == IdTaken()
    assert taken_back(facts, one) == (5000, 50)


async def test_ids_are_good_within_their_purchase() -> None:
    facts = FakeFacts()
    first, second = await bought(facts), await bought(facts, transaction_id="txn002")
    using = reversing(facts)
    assert answer(await reverse(using, 1000)) == [1000, 10, 10, 4000]
    assert answer(await reverse(using, 2000, transaction_id="txn002")) == [2000, 20, 20, 3000]
    assert (taken_back(facts, first), taken_back(facts, second)) == ((1000, 10), (2000, 20))


async def test_what_retention_dropped_is_unknown_but_an_old_reversal_is_still_answered() -> None:
    facts = FakeFacts()
    await bought(facts)
    using = reversing(facts)
    first = await reverse(using, 2000)
    facts.purchases.clear()
    assert isinstance(first, Carried)
    assert await reverse(using, 2000) == Carried(first.receipt, replayed=True)
    assert await reverse(using, 2000, "v2") == Unknown()


async def test_what_retention_has_not_dropped_yet_is_unknown_too() -> None:
    ends = int(NOW.timestamp()) + 10
    facts = FakeFacts()
    await bought(facts, expiration_time=ends)
    assert await reverse(reversing(facts, now=lambda: NOW + timedelta(seconds=10))) == Unknown()
    assert isinstance(await reverse(reversing(facts, now=lambda: NOW + timedelta(seconds=9))), Carried)
    (item,) = facts.further
    assert isinstance(item, Reversal)
    assert item.line.expiration_time == ends


@pytest.mark.parametrize("kickback", [0, 1])
async def test_a_part_without_kickback_makes_no_entry(kickback: int) -> None:
    facts = FakeFacts()
    one = await bought(facts, kickback_amount=kickback)
    using = reversing(facts)
    assert answer(await reverse(using, 1, "a")) == [1, kickback, kickback, 4999]
    outcome = await reverse(using, 1, "b")
    assert answer(outcome) == [1, 0, 0, 4998]
    assert isinstance(outcome, Carried)
    assert (outcome.receipt.account, outcome.receipt.version) == (None, None)
    assert answer(await reverse(using, None, "c")) == [4998, 0, 0, 0]
    assert taken_back(facts, one) == (5000, kickback)
    assert len(facts.passbook(ACCOUNT)) == 2 * kickback


@pytest.mark.parametrize(("policy", "clawed_back", "after", "later"), [(ALLOW, 50, -30, 20), (WITHIN, 20, 0, 50)])
async def test_what_was_spent(policy: ClawbackPolicy, clawed_back: int, after: int, later: int) -> None:
    """30 of 50 are spent. With a hole, what is earned later fills it first."""
    facts = FakeFacts()
    one = await bought(facts)
    await use(posting(facts), 30)
    assert answer(await reverse(reversing(facts, policy))) == [5000, 50, clawed_back, 0]
    assert balance(facts) == after
    await bought(facts, transaction_id="txn002")
    entry = facts.passbook(ACCOUNT)[-1]
    assert entry.balance == later
    assert (Allocation(DEFICIT, None, 30) in entry.allocations) is (policy is ALLOW)
    assert taken_back(facts, one) == (5000, 50)


async def test_within_a_balance_of_nothing_nothing_goes_back() -> None:
    facts = FakeFacts()
    one = await bought(facts)
    await use(posting(facts), 50)
    using = reversing(facts, WITHIN)
    outcome = await reverse(using, 2500)
    assert answer(outcome) == [2500, 25, 0, 2500]
    assert isinstance(outcome, Carried)
    assert outcome.receipt.version is None
    assert taken_back(facts, one) == (2500, 25)


async def test_its_own_lot_goes_back_first() -> None:
    facts = FakeFacts()
    await bought(facts, transaction_id="older", transaction_date=TODAY - timedelta(days=20))
    await bought(facts)
    await reverse(reversing(facts))
    entry = facts.passbook(ACCOUNT)[-1]
    assert entry.allocations == (Allocation("PURCHASE", TODAY + timedelta(days=180), -50),)


async def test_miles_go_back_to_miles() -> None:
    facts = FakeFacts()
    await bought(facts, kickback_type=KickbackType.MILE)
    await reverse(reversing(facts), 2500)
    assert facts.passbook(ACCOUNT) == []
    assert balance(facts, Account("user123", KickbackType.MILE)) == 25


async def test_a_hundred_loops_of_buying_and_reversing_leave_nothing() -> None:
    facts = FakeFacts()
    using = reversing(facts)
    for number in range(100):
        one = await bought(facts, transaction_id=f"t{number}", transaction_amount=99, kickback_amount=7)
        for part in range(number % 3):
            await reverse(using, 31, f"p{part}", transaction_id=one.transaction_id)
        await reverse(using, None, "rest", transaction_id=one.transaction_id)
        assert taken_back(facts, one) == (99, 7)
    entry = facts.passbook(ACCOUNT)[-1]
    assert (entry.balance, entry.lots, entry.deficit) == (0, (), 0)


@pytest.mark.parametrize("processes", [1, 20])
@pytest.mark.parametrize("kickback", [0, 55])
async def test_of_twenty_tenths_at_once_ten_succeed(processes: int, kickback: int) -> None:
    facts = FakeFacts()
    one = await bought(facts, kickback_amount=kickback)
    using = [reversing(facts, attempts=50) for _ in range(processes)]
    outcomes = await asyncio.gather(*(reverse(using[number % processes], 500, f"v{number}") for number in range(20)))
    assert sum(isinstance(outcome, Carried) for outcome in outcomes) == 10
    assert [outcome for outcome in outcomes if not isinstance(outcome, Carried)] == [TooMuch(0)] * 10
    assert taken_back(facts, one) == (5000, kickback)


async def test_fifty_equal_ones_at_once_are_one() -> None:
    facts = FakeFacts()
    one = await bought(facts)
    using = [reversing(facts, attempts=50) for _ in range(5)]
    outcomes = await asyncio.gather(*(reverse(using[number % 5], 500) for number in range(50)))
    replays = [outcome.replayed for outcome in outcomes if isinstance(outcome, Carried)]
    assert sorted(replays) == [False] + [True] * 49
    assert taken_back(facts, one) == (500, 5)


@pytest.mark.parametrize("fault", Fault)
async def test_no_fault_makes_it_twice_or_a_conflict(fault: Fault) -> None:
    facts = FakeFacts()
    one = await bought(facts)
    using = reversing(facts)
    facts.faults.append(fault)
    outcome: Outcome | None = None
    try:
        outcome = await reverse(using, 2000)
    except LOST:
        assert fault is not Fault.STALE
    again = await reverse(using, 2000)
    assert answer(again) == [2000, 20, 20, 3000]
    assert isinstance(again, Carried)
    assert again.replayed is (outcome is not None or fault is Fault.LOST_RESPONSE)
    assert taken_back(facts, one) == (2000, 20)


@pytest.mark.parametrize("fault", Fault)
async def test_all_that_is_left_sent_again_stays_what_it_was(fault: Fault) -> None:
    """Its amount was decided the first time, whatever is left now."""
    facts = FakeFacts()
    one = await bought(facts)
    using = reversing(facts)
    await reverse(using, 2000, "before")
    facts.faults.append(fault)
    try:
        await reverse(using, None, "rest")
    except LOST:
        assert fault is not Fault.STALE
    assert answer(await reverse(using, None, "rest")) == [3000, 30, 30, 0]
    assert taken_back(facts, one) == (5000, 50)


_FAULTS = st.lists(st.sampled_from([None, *Fault]), max_size=6)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(1, 1500), st.integers(0, 4), _FAULTS), max_size=10), st.sampled_from([0, 7, 50]))
async def test_whatever_is_lost_the_sums_agree(sent: list[tuple[int, int, list[Fault | None]]], kickback: int) -> None:
    facts = FakeFacts()
    one = await bought(facts, kickback_amount=kickback)
    done: dict[tuple[str, int], list[int]] = {}
    for amount, number, faults in sent:
        using = reversing(facts, attempts=3)
        facts.faults.extend(fault for fault in faults if fault is not None)
        for _ in count():
            try:
                outcome = await reverse(using, amount, f"v{number}")
                break
            except LOST:
                continue
        facts.faults.clear()
        if isinstance(outcome, Carried):
            assert done.setdefault((f"v{number}", amount), answer(outcome)) == answer(outcome)
    answers = list(done.values())
    assert taken_back(facts, one) == (sum(one[0] for one in answers), sum(one[1] for one in answers))
