"""Recording against a store that is stale, overloaded, silent, or shared with other writers."""

import asyncio
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.commands.record_group import Conflict, Created, Existing, Heads, record_group
from app.domain.kickbacks import KickbackType
from app.domain.ledger import Account, Before
from app.domain.purchases import Purchase
from app.ports.errors import OutcomeUnknown, StoreUnavailable
from app.ports.transactions import Earned
from app.telemetry import REGISTRY
from tests.commands.recorders import Waits, audited, recording
from tests.fakes import FakeFacts, Fault
from tests.purchases import purchase

POINTS = Account("user123", KickbackType.POINT)


def numbered(count: int, **changes: Any) -> list[Purchase]:
    return [purchase(transaction_id=f"txn{number:03d}", **changes) for number in range(count)]


def retries() -> float:
    return REGISTRY.get_sample_value("kickbacks_write_retries_total") or 0.0


async def test_a_purchase_is_written_with_its_guard_and_entry() -> None:
    facts = FakeFacts()
    assert await record_group([purchase()], {}, using=recording(facts)) == [
        Created(purchase(), Earned(KickbackType.POINT, 1, 50, date(2023, 10, 28)))
    ]
    assert facts.purchases == {("user123", date(2023, 5, 1), "txn001"): purchase()}
    assert facts.categories == {("2023-05", "GROCERY")}
    (entry,) = audited(facts)[POINTS]
    assert (entry.amount, entry.cause) == (50, "TRANSACTION#txn001")


async def test_a_kickback_of_nothing_makes_no_entry() -> None:
    facts = FakeFacts()
    nothing = purchase(kickback_amount=0)
    assert await record_group([nothing], {}, using=recording(facts)) == [Created(nothing, None)]
    assert audited(facts) == {}
    assert facts.calls["head"] == 0


async def test_a_group_follows_itself_within_one_write() -> None:
    facts = FakeFacts()
    group = [
        purchase(transaction_id="a"),
        purchase(transaction_id="b", kickback_type=KickbackType.MILE, kickback_amount=7),
        purchase(transaction_id="c", kickback_amount=5),
        purchase(transaction_id="d", kickback_amount=0),
        purchase(transaction_id="e", user_id="other"),
    ]
    outcomes = await record_group(group, {}, using=recording(facts))
    assert [
        outcome.earned and (outcome.earned.version, outcome.earned.balance)
        for outcome in outcomes
        if isinstance(outcome, Created)
    ] == [
        (1, 50),
        (1, 7),
        (2, 55),
        None,
        (1, 50),
    ]
    assert facts.calls["append"] == 1
    assert len(audited(facts)) == 3


async def test_the_same_again_is_existing_and_writes_nothing() -> None:
    facts = FakeFacts()
    await record_group([purchase()], {}, using=recording(facts))
    again = purchase(created_at="2030-01-01T00:00:00.000000Z")
    (outcome,) = await record_group([again], {}, using=recording(facts))
    assert isinstance(outcome, Existing)
    assert outcome.guard == facts.guards["txn001"]
    assert outcome.guard.created_at == purchase().created_at
    assert len(audited(facts)[POINTS]) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"transaction_date": date(2023, 5, 2)},
        {"user_id": "other"},
        {"transaction_amount": 5001},
        {"kickback_type": KickbackType.MILE},
        {"kickback_amount": 0},
    ],
)
async def test_other_content_under_the_same_id_conflicts_and_writes_nothing(changes: dict[str, Any]) -> None:
    facts = FakeFacts()
    await record_group([purchase()], {}, using=recording(facts))
    assert await record_group([purchase(**changes)], {}, using=recording(facts)) == [Conflict("txn001")]
    assert list(facts.purchases.values()) == [purchase()]
    assert len(audited(facts)[POINTS]) == 1


async def test_a_group_of_old_and_new_writes_only_the_new() -> None:
    facts = FakeFacts()
    await record_group(numbered(2), {}, using=recording(facts))
    mixed = [purchase(transaction_id="txn001", transaction_amount=1), *numbered(4)[2:], numbered(1)[0]]
    outcomes = await record_group(mixed, {}, using=recording(facts))
    assert [type(outcome) for outcome in outcomes] == [Conflict, Created, Created, Existing]
    assert len(audited(facts)[POINTS]) == 4


async def test_a_wrong_memory_costs_one_retry_and_nothing_else() -> None:
    facts, heads = FakeFacts(), dict[Account, Before | None]()
    await record_group(numbered(1), heads, using=recording(facts))
    await record_group(numbered(2)[1:], {}, using=recording(facts))  # somebody who does not share the memory
    before = retries()
    await record_group(numbered(3)[2:], heads, using=recording(facts))
    assert retries() == before + 1
    assert [entry.balance for entry in audited(facts)[POINTS]] == [50, 100, 150]


async def test_a_right_memory_spares_the_read() -> None:
    facts, heads = FakeFacts(), dict[Account, Before | None]()
    using = recording(facts)
    for one in numbered(5):
        await record_group([one], heads, using=using)
    assert facts.calls["head"] == 1
    assert len(audited(facts)[POINTS]) == 5


async def test_stale_answers_are_decided_again_after_a_wait() -> None:
    facts, waits = FakeFacts(), Waits()
    facts.faults.extend([Fault.STALE] * 3)
    (outcome,) = await record_group([purchase()], {}, using=recording(facts, waits=waits))
    assert isinstance(outcome, Created)
    assert facts.calls["append"] == 4
    assert facts.calls["head"] == 4  # read again each time, not remembered
    assert len(waits.seconds) == 3
    audited(facts)


@pytest.mark.parametrize("attempts", [1, 3])
async def test_endless_staleness_ends(attempts: int) -> None:
    facts = FakeFacts()
    facts.faults.extend([Fault.STALE] * 100)
    with pytest.raises(StoreUnavailable) as raised:
        await record_group([purchase()], {}, using=recording(facts, attempts=attempts))
    assert not isinstance(raised.value, OutcomeUnknown)
    assert facts.calls["append"] == attempts
    assert facts.guards == {}


@pytest.mark.parametrize(("fault", "written"), [(Fault.LOST_RESPONSE, True), (Fault.LOST_REQUEST, False)])
async def test_after_silence_the_same_again_settles_it(fault: Fault, written: bool) -> None:
    facts, heads = FakeFacts(), dict[Account, Before | None]()
    using = recording(facts)
    facts.faults.append(fault)
    with pytest.raises(OutcomeUnknown):
        await record_group([purchase()], heads, using=using)
    assert bool(facts.guards) == written
    (outcome,) = await record_group([purchase()], heads, using=using)
    assert isinstance(outcome, Existing if written else Created)
    assert [entry.balance for entry in audited(facts)[POINTS]] == [50]
    # And the account goes on, although the memory may be of before the silence.
    await record_group([purchase(transaction_id="next")], heads, using=using)
    assert [entry.balance for entry in audited(facts)[POINTS]] == [50, 100]


@pytest.mark.parametrize("fault", [Fault.UNAVAILABLE, Fault.LOST_RESPONSE])
async def test_a_failure_holds_no_lane(fault: Fault) -> None:
    facts = FakeFacts()
    using = recording(facts)
    facts.faults.append(fault)
    with pytest.raises(StoreUnavailable):
        await record_group([purchase()], {}, using=using)
    assert len(using.lanes) == 0


async def test_without_the_category_registered_nothing_is_written() -> None:
    facts = FakeFacts(down=True)
    with pytest.raises(StoreUnavailable):
        await record_group([purchase()], {}, using=recording(facts))
    assert facts.calls == {"register": 1}


async def test_one_purchase_fifty_times_at_once_is_written_once() -> None:
    facts = FakeFacts()
    processes = [recording(facts) for _ in range(5)]
    outcomes = await asyncio.gather(*(record_group([purchase()], {}, using=processes[n % 5]) for n in range(50)))
    assert sorted(type(outcome).__name__ for (outcome,) in outcomes) == ["Created"] + ["Existing"] * 49
    assert len(audited(facts)[POINTS]) == 1


async def test_one_id_under_twenty_dates_at_once_is_written_once() -> None:
    facts = FakeFacts()
    dated = [purchase(transaction_date=date(2023, 5, day)) for day in range(1, 21)]
    processes = [recording(facts) for _ in range(3)]
    outcomes = await asyncio.gather(*(record_group([one], {}, using=processes[n % 3]) for n, one in enumerate(dated)))
    assert sorted(type(outcome).__name__ for (outcome,) in outcomes) == ["Conflict"] * 19 + ["Created"]
    assert len(facts.purchases) == 1
    audited(facts)


async def test_sixty_purchases_of_one_user_at_once_in_one_process_never_collide() -> None:
    facts = FakeFacts()
    using = recording(facts)
    await asyncio.gather(*(record_group([one], {}, using=using) for one in numbered(60)))
    assert [entry.balance for entry in audited(facts)[POINTS]] == [50 * n for n in range(1, 61)]
    assert facts.calls["append"] == 60


async def test_between_processes_collisions_leave_no_gap() -> None:
    facts = FakeFacts()
    # Whoever is refused was overtaken by a purchase that is written now: that can happen 59 times.
    processes = [recording(facts, attempts=60) for _ in range(6)]
    before = retries()
    await asyncio.gather(*(record_group([one], {}, using=processes[n % 6]) for n, one in enumerate(numbered(60))))
    assert [entry.version for entry in audited(facts)[POINTS]] == list(range(1, 61))
    assert retries() > before  # they did collide


@settings(max_examples=40)
@given(st.lists(st.sampled_from([*Fault, None]), max_size=12), st.data())
async def test_whatever_happens_clients_that_repeat_end_with_everything_once(
    faults: list[Fault | None], data: st.DataObject
) -> None:
    facts = FakeFacts()
    facts.faults.extend(fault for fault in faults if fault)
    heads: Heads = {}
    using = recording(facts, attempts=3)
    sent = numbered(6)
    while sent:
        size = data.draw(st.integers(1, len(sent)))
        for _ in range(len(faults) + 1):
            try:
                outcomes = await record_group(sent[:size], heads, using=using)
            except StoreUnavailable:
                continue
            assert not any(isinstance(outcome, Conflict) for outcome in outcomes)
            break
        sent = sent[size:]
    assert [entry.balance for entry in audited(facts)[POINTS]] == [50 * n for n in range(1, 7)]
