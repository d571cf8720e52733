"""Recording a stream: results in the order of the lines, whatever fails, with bounded memory and concurrency."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.commands.record_batch import BatchLimits, BatchOutcome, Unavailable, record_batch
from app.commands.record_group import Conflict, Created, Existing, Recording, record_group
from app.domain.purchases import Purchase
from tests.commands.recorders import audited, recording
from tests.fakes import FakeFacts, Fault
from tests.purchases import purchase


def limits_of(group: int, lanes: int) -> BatchLimits:
    return BatchLimits(group, lanes, asyncio.Semaphore(lanes))


LIMITS = limits_of(4, 3)

lines = st.lists(
    st.builds(
        lambda number, user, amount: purchase(transaction_id=f"t{number}", user_id=user, transaction_amount=amount),
        st.integers(0, 12),
        st.sampled_from(["ann", "bob", "cy", "dee"]),
        st.integers(1, 2),
    ),
    max_size=25,
)


async def run(
    windows: Sequence[Sequence[Purchase]], using: Recording, limits: BatchLimits = LIMITS
) -> list[list[BatchOutcome]]:
    async def stream() -> AsyncIterator[Sequence[Purchase]]:
        for window in windows:
            yield window

    return [outcomes async for outcomes in record_batch(stream(), limits=limits, using=using)]


def id_of(outcome: BatchOutcome) -> str:
    match outcome:
        case Created(what):
            return what.transaction_id
        case Existing(guard):
            return guard.transaction_id
        case Conflict(transaction_id) | Unavailable(transaction_id):
            return transaction_id


def many(count: int, users: int = 5, **changes: Any) -> list[Purchase]:
    return [purchase(transaction_id=f"t{n:03d}", user_id=f"u{n % users}", **changes) for n in range(count)]


async def test_windows_are_answered_in_order() -> None:
    facts = FakeFacts()
    sent = many(100)
    windows = [sent[:30], [], sent[30:31], sent[31:]]
    answered = await run(windows, recording(facts))
    assert [[id_of(one) for one in outcomes] for outcomes in answered] == [
        [one.transaction_id for one in window] for window in windows
    ]
    assert all(isinstance(one, Created) for outcomes in answered for one in outcomes)
    assert sum(map(len, audited(facts).values())) == 100


async def test_a_group_is_one_write() -> None:
    facts = FakeFacts()
    await run([many(40, users=1)], recording(facts), limits_of(8, 4))
    assert facts.calls["append"] == 5
    assert facts.calls["head"] == 1  # the newest entry is remembered from group to group


async def test_no_more_writes_at_once_than_allowed() -> None:
    under_way = most = 0

    async def pause() -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        under_way -= 1

    facts = FakeFacts(pause=pause)
    await run([many(60, users=60, kickback_amount=0)], recording(facts), limits_of(2, 4))
    assert 1 < most <= 4


async def test_the_same_line_twice_is_written_once() -> None:
    facts = FakeFacts()
    one = purchase()
    ((first, second, third),) = await run([[one, one, purchase(user_id="other")]], recording(facts))
    assert isinstance(first, Created)
    assert isinstance(second, Existing)
    assert third == Conflict("txn001")
    assert list(facts.purchases.values()) == [one]


async def test_a_failing_write_stops_nothing_else() -> None:
    facts = FakeFacts()
    facts.faults.append(Fault.UNAVAILABLE)
    (outcomes,) = await run([many(20)], recording(facts))
    failed = [one for one in outcomes if isinstance(one, Unavailable)]
    assert [id_of(one) for one in outcomes] == [one.transaction_id for one in many(20)]
    assert 1 <= len(failed) <= LIMITS.group
    assert len(facts.guards) == 20 - len(failed)
    audited(facts)


async def test_a_store_that_is_down_is_an_outcome_of_every_line() -> None:
    (outcomes,) = await run([many(10)], recording(FakeFacts(down=True)))
    assert outcomes == [Unavailable(one.transaction_id) for one in many(10)]


async def test_an_error_that_is_not_the_stores_is_raised() -> None:
    async def pause() -> None:
        raise RuntimeError("a defect")

    with pytest.raises(ExceptionGroup) as raised:
        await run([many(3)], recording(FakeFacts(pause=pause)))
    assert raised.group_contains(RuntimeError, match="a defect")


async def test_the_memory_of_newest_entries_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []

    async def watched(purchases: Sequence[Purchase], heads: Any, *, using: Recording) -> Any:
        sizes.append(len(heads))
        return await record_group(purchases, heads, using=using)

    monkeypatch.setattr("app.commands.record_batch._REMEMBERED_HEADS", 5)
    monkeypatch.setattr("app.commands.record_batch.record_group", watched)
    facts = FakeFacts()
    sent = many(100, users=100)
    await run([sent[start : start + 10] for start in range(0, 100, 10)], recording(facts))
    assert len(facts.guards) == 100
    assert max(sizes) <= 5 + 10  # what is remembered, and one window


@settings(max_examples=60)
@given(
    st.lists(lines, max_size=4),
    st.lists(st.sampled_from(Fault), max_size=4),
    st.integers(1, 5),
    st.integers(1, 4),
)
async def test_any_stream_is_answered_in_order_and_repeating_it_settles_it(
    windows: list[list[Purchase]], faults: list[Fault], group: int, concurrency: int
) -> None:
    facts = FakeFacts()
    facts.faults.extend(faults)
    limits = limits_of(group, concurrency)
    answered = await run(windows, recording(facts), limits)
    assert [[id_of(one) for one in outcomes] for outcomes in answered] == [
        [one.transaction_id for one in window] for window in windows
    ]
    facts.faults.clear()
    again = await run(windows, recording(facts), limits)
    by_id = {one.transaction_id: one for one in facts.purchases.values()}
    for window, outcomes in zip(windows, again, strict=True):
        for sent, outcome in zip(window, outcomes, strict=True):
            if isinstance(outcome, Conflict):
                assert by_id[sent.transaction_id] != sent
            else:
                assert by_id[sent.transaction_id] == sent
                assert isinstance(outcome, Created | Existing)
    assert set(by_id) == {one.transaction_id for window in windows for one in window}
    audited(facts)


@settings(max_examples=60)
@given(lines)
async def test_the_first_line_of_an_id_wins_and_one_users_lines_keep_their_order(window: list[Purchase]) -> None:
    facts = FakeFacts()
    await run([window], recording(facts))
    first: dict[str, Purchase] = {}
    for one in window:
        first.setdefault(one.transaction_id, one)
    assert {one.transaction_id: one for one in facts.purchases.values()} == first
    for account, book in audited(facts).items():
        mine = [one for one in first.values() if one.user_id == account.user_id]
        assert [entry.cause for entry in book] == [f"TRANSACTION#{one.transaction_id}" for one in mine]
