"""Every command: once, whatever is lost on the way, and never refused for what it did itself."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.commands.posting import Carried, Command, IdTaken, Outcome, Posting, Refusal, TooMuch, VersionMoved, carry_out
from app.domain.decisions.following import Insufficient
from app.domain.journal import EntryKind
from app.domain.kickbacks import KickbackType
from app.domain.ledger import Account, LedgerEntry
from app.ports.errors import OutcomeUnknown, StoreUnavailable
from app.ports.ledger import CommandKind, NewCommand
from tests.commands.posters import asked, cancel, checked, close, earned, earned_long_ago, posting, put_right, use
from tests.domain.passbooks import ACCOUNT
from tests.fakes import FakeFacts
from tests.fakes.facts import Fault
from tests.purchases import NOW

MILES = Account(ACCOUNT.user_id, KickbackType.MILE)

# The command, and the balance after it on an account of 100 of which 30 were redeemed as r1.
COMMANDS: dict[str, tuple[Callable[[Posting], Awaitable[Outcome]], int]] = {
    "redemption": (lambda by: use(by, 70, "r2"), 0),
    "cancellation": (lambda by: cancel(by, 20), 90),
    "whole cancellation": (lambda by: cancel(by), 100),
    "closure": (close, 0),
    "adjustment up": (lambda by: put_right(by, 5), 75),
    "adjustment down": (lambda by: put_right(by, -70), 0),
}


async def world() -> FakeFacts:
    facts = FakeFacts()
    earned(facts, 100)
    assert isinstance(await use(posting(facts), 30), Carried)
    return facts


def answer(outcome: Outcome) -> dict[str, Any]:
    assert isinstance(outcome, Carried), outcome
    found: dict[str, Any] = json.loads(outcome.receipt.answer)
    return found


@pytest.fixture(params=COMMANDS)
def command(request: pytest.FixtureRequest) -> tuple[Callable[[Posting], Awaitable[Outcome]], int]:
    return COMMANDS[request.param]


Sent = tuple[Callable[[Posting], Awaitable[Outcome]], int]


async def test_a_command_twice_is_once(command: Sent) -> None:
    send, balance = command
    facts = await world()
    told = []
    first = await send(posting(facts, on_recorded=lambda: told.append(1)))
    again = await send(posting(facts, on_recorded=lambda: told.append(1)))
    assert isinstance(first, Carried)
    assert not first.replayed
    assert again == Carried(first.receipt, replayed=True)
    assert told == [1]
    assert checked(facts)[-1].balance == balance
    assert len(checked(facts)) == 3


@pytest.mark.parametrize("stale", [1, 3, 9])
async def test_others_writing_at_the_same_time(command: Sent, stale: int) -> None:
    send, balance = command
    facts = await world()
    facts.faults.extend([Fault.STALE] * stale)
    outcome = await send(posting(facts))
    assert isinstance(outcome, Carried)
    assert not outcome.replayed
    assert checked(facts)[-1].balance == balance


async def test_others_writing_without_end(command: Sent) -> None:
    send, _ = command
    facts = await world()
    facts.faults.extend([Fault.STALE] * 4)
    with pytest.raises(StoreUnavailable):
        await send(posting(facts, attempts=4))
    assert not facts.faults
    assert len(checked(facts)) == 2
    assert len(facts.receipts) == 1


@pytest.mark.parametrize(
    ("fault", "error", "written"),
    [
        (Fault.UNAVAILABLE, StoreUnavailable, False),
        (Fault.LOST_REQUEST, OutcomeUnknown, False),
        (Fault.LOST_RESPONSE, OutcomeUnknown, True),
    ],
)
async def test_no_answer_and_the_same_again(command: Sent, fault: Fault, error: type[Exception], written: bool) -> None:
    send, balance = command
    facts = await world()
    facts.faults.append(fault)
    with pytest.raises(error):
        await send(posting(facts))
    assert len(checked(facts)) == (3 if written else 2)
    outcome = await send(posting(facts))
    assert isinstance(outcome, Carried)
    assert outcome.replayed is written
    assert checked(facts)[-1].balance == balance
    assert len(checked(facts)) == 3


async def test_a_store_that_is_down_changes_nothing(command: Sent) -> None:
    send, _ = command
    facts = await world()
    facts.down = True
    with pytest.raises(StoreUnavailable):
        await send(posting(facts))
    facts.down = False
    assert len(checked(facts)) == 2


async def test_50_equal_ones_at_once_are_one(command: Sent) -> None:
    send, balance = command
    facts = await world()
    replicas = [posting(facts), posting(facts)]
    outcomes = await asyncio.gather(*(send(replicas[n % 2]) for n in range(50)))
    carried = [one for one in outcomes if isinstance(one, Carried)]
    assert sorted(one.replayed for one in carried) == [False, *[True] * 49]
    assert len({one.receipt.answer for one in carried}) == 1
    assert checked(facts)[-1].balance == balance


async def test_another_content_under_the_same_id() -> None:
    facts = await world()
    assert await use(posting(facts), 31) == IdTaken()
    assert await use(posting(facts), 1000) == IdTaken()
    assert isinstance(await cancel(posting(facts), 20), Carried)
    assert await cancel(posting(facts), 10) == IdTaken()
    assert await cancel(posting(facts), 30) == IdTaken()
    assert isinstance(await put_right(posting(facts), 5), Carried)
    assert await put_right(posting(facts), -5) == IdTaken()
    assert len(checked(facts)) == 4


async def test_60_redemptions_of_one_at_once_on_30_points() -> None:
    facts = FakeFacts()
    earned(facts, 30)
    replicas = [posting(facts), posting(facts)]
    outcomes = await asyncio.gather(*(use(replicas[n % 2], 1, f"r{n}") for n in range(60)))
    assert sum(isinstance(one, Carried) for one in outcomes) == 30
    assert outcomes.count(Insufficient(0, 1)) == 30
    assert checked(facts)[-1].balance == 0
    assert [entry.balance for entry in checked(facts)] == list(range(30, -1, -1))


async def test_what_was_done_is_told_again_when_the_points_are_gone() -> None:
    facts = await world()
    first = answer(await use(posting(facts), 70, "r2"))
    assert await use(posting(facts), 70, "r3") == Insufficient(0, 70)
    assert answer(await use(posting(facts), 70, "r2")) == first
    await close(posting(facts))
    assert answer(await use(posting(facts), 30)) == answer(await use(posting(facts), 30))


async def test_a_version_that_has_moved() -> None:
    facts = await world()
    assert await use(posting(facts), 1, "r2", expected=1) == VersionMoved(2)
    first = await use(posting(facts), 1, "r2", expected=2)
    assert isinstance(first, Carried)
    assert await use(posting(facts), 1, "r2", expected=2) == Carried(first.receipt, replayed=True)
    assert await use(posting(FakeFacts()), 1, "r2", expected=7) == VersionMoved(0)


async def test_a_decided_version_is_held_while_others_write() -> None:
    """What the client decided on is the version it named, also after the first attempt was overtaken."""
    facts = await world()
    by = posting(facts)
    held = asyncio.create_task(use(by, 1, "mine", expected=2))
    overtaking = asyncio.create_task(use(posting(facts), 1, "other"))
    outcomes = await asyncio.gather(held, overtaking)
    assert isinstance(outcomes[0], Carried) != (outcomes[0] == VersionMoved(3))
    assert len(checked(facts)) == 2 + sum(isinstance(one, Carried) for one in outcomes)


async def test_more_expiries_than_one_transaction_takes() -> None:
    facts = FakeFacts()
    earned_long_ago(facts, 10, 250)
    outcome = await use(posting(facts), 10)
    assert answer(outcome)["ledger"]["version"] == 1 + 250 + 250 + 1
    book = checked(facts)
    assert [entry.kind for entry in book[251:501]] == [EntryKind.EXPIRE] * 250
    assert book[-1].balance == 0


async def test_expiries_are_booked_once_when_many_ask() -> None:
    facts = FakeFacts()
    earned_long_ago(facts, 3, 150)
    outcomes = await asyncio.gather(*(use(posting(facts), 1, f"r{n}") for n in range(5)))
    assert sum(isinstance(one, Carried) for one in outcomes) == 3
    assert outcomes.count(Insufficient(0, 1)) == 2
    assert sum(entry.kind is EntryKind.EXPIRE for entry in checked(facts)) == 150


async def test_expiries_ahead_of_a_closure_are_not_the_closure() -> None:
    """Its own entries come with its receipt, or not at all."""
    facts = FakeFacts()
    for account in (ACCOUNT, MILES):
        earned_long_ago(facts, 10, 60, account=account)
    with pytest.raises(StoreUnavailable):
        await close(posting(facts, attempts=1))
    assert "CLOSURE#l1" not in {entry.cause for entry in facts.entries.values()}
    closed = answer(await close(posting(facts)))
    assert [(one["type"], one["amount"]) for one in closed["expired"]] == [("POINT", 10), ("MILE", 10)]
    checked(facts, [ACCOUNT, MILES])


async def test_a_clock_that_is_behind_posts_after_what_is_there(command: Sent) -> None:
    send, balance = command
    facts = await world()
    outcome = await send(posting(facts, now=lambda: NOW - timedelta(hours=3)))
    assert isinstance(outcome, Carried)
    book = checked(facts)
    assert book[-1].balance == balance
    assert book[-1].posted_at == book[-1].effective_at == book[1].posted_at


async def test_a_command_without_a_receipt_is_a_defect() -> None:
    one = asked(CommandKind.REDEMPTION, "r1")

    async def decide(_: tuple[LedgerEntry | None, ...]) -> NewCommand | Refusal:
        return NewCommand(())

    with pytest.raises(ValueError, match="receipt"):
        await carry_out(Command(one.id, one.fingerprint, (), decide), using=posting(FakeFacts()))


@given(st.lists(st.sampled_from(Fault), max_size=12), st.lists(st.integers(1, 40), min_size=1, max_size=6))
async def test_faults_at_random_do_nothing_twice(faults: list[Fault], amounts: list[int]) -> None:
    """Each command is sent again until there is an answer; the answers then explain the balance."""
    facts = await world()
    replicas = [posting(facts, attempts=3), posting(facts, attempts=3)]
    facts.faults.extend(faults)

    async def until_answered(send: Callable[[Posting], Awaitable[Outcome]]) -> Outcome:
        for attempt in range(100):
            try:
                return await send(replicas[attempt % 2])
            except StoreUnavailable:
                continue
        raise AssertionError("no answer")

    uses = [lambda by, n=n, amount=amount: use(by, amount, f"u{n}") for n, amount in enumerate(amounts)]
    backs = [lambda by, n=n: cancel(by, 10, f"b{n}") for n in range(len(amounts))]
    answered = await asyncio.gather(*map(until_answered, [*uses, *backs]))
    assert IdTaken() not in answered
    taken = sum(amount for amount, one in zip(amounts, answered, strict=False) if isinstance(one, Carried))
    given_back = answered[len(amounts) :]
    assert sum(isinstance(one, Carried) for one in given_back) == min(3, len(amounts))
    assert all(isinstance(one, Carried) or one == TooMuch(0) for one in given_back)
    assert checked(facts)[-1].balance == 70 - taken + 10 * min(3, len(amounts))
