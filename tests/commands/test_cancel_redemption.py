"""Points that were used go back: to their lots, in parts that add up, never more than was used."""

import asyncio
import json
from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.commands.posting import Carried, Outcome, TooMuch, Unknown
from app.domain.decisions.claw_back import Clawback, ClawbackPolicy, decide_claw_back
from app.domain.decisions.following import Moment
from app.domain.journal import EntryKind
from app.domain.ledger import LedgerEntry
from app.domain.lots import Lot
from app.ports.ledger import CommandKind, TallyId
from tests.commands.posters import FAR, cancel, checked, earned, posting, use
from tests.domain.passbooks import ACCOUNT
from tests.fakes import FakeFacts, FakeLedger
from tests.purchases import NOW, TOKYO

SOON = date(2026, 11, 25)


async def used(amount: int, *lots: tuple[int, date | None]) -> FakeFacts:
    """So much of these lots is used, as r1."""
    facts = FakeFacts()
    for held, expires_on in lots:
        earned(facts, held, expires_on=expires_on)
    assert isinstance(await use(posting(facts), amount), Carried)
    return facts


def answer(outcome: Outcome) -> dict[str, Any]:
    assert isinstance(outcome, Carried), outcome
    found: dict[str, Any] = json.loads(outcome.receipt.answer)
    return found


def lots(entry: LedgerEntry) -> list[Lot]:
    return list(entry.lots)


async def test_the_lots_and_their_expiry_come_back() -> None:
    facts = await used(25, (10, SOON), (20, FAR), (5, None))
    before = checked(facts)[2]
    cancelled = answer(await cancel(posting(facts)))
    assert (cancelled["amount"], cancelled["expired"], cancelled["ledger"]["balance"]) == (25, 0, 35)
    assert cancelled["ledger"]["allocations"] == [
        {"lot": "PURCHASE:2027-05-01", "amount": 15},
        {"lot": "PURCHASE:2026-11-25", "amount": 10},
    ]
    after = checked(facts)[-1]
    assert lots(after) == lots(before)


async def test_what_was_used_last_goes_back_first() -> None:
    facts = await used(25, (10, SOON), (20, FAR))
    await cancel(posting(facts), 15, "c1")
    assert lots(checked(facts)[-1]) == [Lot("PURCHASE", FAR, 20, 20)]
    await cancel(posting(facts), 10, "c2")
    assert lots(checked(facts)[-1]) == [Lot("PURCHASE", SOON, 10, 10), Lot("PURCHASE", FAR, 20, 20)]


async def test_more_than_is_left_is_refused_with_what_is_left() -> None:
    facts = await used(25, (30, FAR))
    assert await cancel(posting(facts), 26) == TooMuch(25)
    assert isinstance(await cancel(posting(facts), 20), Carried)
    assert await cancel(posting(facts), 6, "c2") == TooMuch(5)
    assert answer(await cancel(posting(facts), None, "c3"))["amount"] == 5
    assert await cancel(posting(facts), None, "c4") == TooMuch(0)
    assert isinstance(await cancel(posting(facts), 20), Carried)
    assert checked(facts)[-1].balance == 30


async def test_an_unknown_redemption() -> None:
    facts = await used(25, (30, FAR))
    assert await cancel(posting(facts), of="r2") == Unknown()
    assert len(checked(facts)) == 2


async def test_what_is_over_meanwhile_goes_back_and_expires_at_once() -> None:
    facts = await used(25, (10, SOON), (20, FAR))
    later = posting(facts, now=lambda: NOW + timedelta(days=30))
    cancelled = answer(await cancel(later))
    assert (cancelled["amount"], cancelled["expired"]) == (25, 10)
    assert [entry.kind for entry in checked(facts)[-2:]] == [EntryKind.RESTORE, EntryKind.EXPIRE]
    assert lots(checked(facts)[-1]) == [Lot("PURCHASE", FAR, 20, 20)]


async def test_what_is_owed_is_settled_first() -> None:
    facts = await used(25, (30, FAR))
    (owing,) = decide_claw_back(
        checked(facts)[-1],
        Clawback(ACCOUNT, 12, "PURCHASE", FAR, "TRANSACTION#t", ClawbackPolicy.ALLOW_NEGATIVE, Moment(NOW, NOW, TOKYO)),
    )
    facts.entries[ACCOUNT, owing.version] = owing
    cancelled = answer(await cancel(posting(facts)))
    assert cancelled["ledger"]["allocations"] == [
        {"lot": "DEFICIT", "amount": 7},
        {"lot": "PURCHASE:2027-05-01", "amount": 18},
    ]
    assert checked(facts)[-1].balance == 18


async def test_20_cancellations_of_a_tenth_at_once() -> None:
    facts = await used(100, (100, FAR))
    replicas = [posting(facts), posting(facts)]
    outcomes = await asyncio.gather(*(cancel(replicas[n % 2], 10, f"c{n}") for n in range(20)))
    assert sum(isinstance(one, Carried) for one in outcomes) == 10
    assert outcomes.count(TooMuch(0)) == 10
    assert checked(facts)[-1].balance == 100
    tally = await FakeLedger(facts).tally(TallyId(CommandKind.CANCELLATION, ACCOUNT.user_id, ("r1",)))
    assert tally is not None
    assert (tally.number, tally.amount) == (10, 100)


@given(
    st.lists(st.tuples(st.integers(1, 50), st.sampled_from([SOON, FAR, None])), min_size=1, max_size=4),
    st.lists(st.integers(1, 60), max_size=5),
    st.data(),
)
async def test_parts_add_up_to_the_whole(
    held: list[tuple[int, date | None]], parts: list[int], data: st.DataObject
) -> None:
    total = sum(amount for amount, _ in held)
    amount = data.draw(st.integers(1, total))
    facts = await used(amount, *held)
    before = checked(facts)[-2]
    back = 0
    for n, part in enumerate(parts):
        outcome = await cancel(posting(facts), part, f"c{n}")
        assert isinstance(outcome, Carried) == (part <= amount - back)
        back += part if isinstance(outcome, Carried) else 0
    outcome = await cancel(posting(facts), None, "rest")
    assert isinstance(outcome, Carried) == (back < amount)
    after = checked(facts)[-1]
    assert after.balance == total
    assert {lot.lot_id: lot.remaining for lot in after.lots} == {lot.lot_id: lot.remaining for lot in before.lots}


async def test_a_hundred_and_fifty_lots_that_are_over_take_points_and_lose_them_in_one_write() -> None:
    days = [SOON + timedelta(days=day) for day in range(150)]
    facts = await used(150, *((1, day) for day in days))
    cancelled = answer(await cancel(posting(facts, now=lambda: NOW + timedelta(days=200))))
    assert (cancelled["amount"], cancelled["expired"], cancelled["ledger"]["balance"]) == (150, 150, 150)
    restored, expired = checked(facts)[-2:]
    assert (restored.kind, restored.amount) == (EntryKind.RESTORE, 150)
    assert (expired.kind, expired.amount, expired.effective_at) == (EntryKind.EXPIRE, -150, restored.effective_at)
    assert sorted(one.expires_on for one in expired.allocations if one.expires_on) == days
