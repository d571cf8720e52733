"""Defining benefits: versions without a gap, each said once."""

import asyncio
from dataclasses import replace
from itertools import count

import pytest

from app.callers import current_caller
from app.commands.define_benefit import Defined, Defining, define_benefit
from app.domain.benefits import Benefit, Comparison, Condition
from app.domain.kickbacks import KickbackType
from app.ports.errors import OutcomeUnknown, StoreUnavailable
from app.retrying import Backoff
from tests.commands.recorders import Waits
from tests.fakes import FakeBenefits, FakeFacts, Fault
from tests.purchases import NOW

_TOKENS = count()
SIGN_UP = Benefit("sign-up", "Sign-up", "SIGN_UP", KickbackType.POINT, 500)


def defining(facts: FakeFacts, attempts: int = 10) -> Defining:
    backoff = Backoff(attempts, lambda: 0.5, sleep=Waits())
    return Defining(FakeBenefits(facts), backoff, lambda: NOW, lambda: f"benefit-{next(_TOKENS)}", current_caller)


def amounts(facts: FakeFacts) -> list[tuple[int, int]]:
    """Version and amount of all that was written, by version."""
    return sorted((one.version, one.benefit.amount) for one in facts.benefits.values())


async def test_the_same_again_writes_nothing_and_other_content_is_a_new_version() -> None:
    facts = FakeFacts()
    using = defining(facts)
    first = await define_benefit(SIGN_UP, using=using)
    assert (first.written, first.defined.version, first.defined.created_at) == (True, 1, "2026-11-22T03:04:05.000000Z")
    assert await define_benefit(SIGN_UP, using=using) == Defined(first.defined, written=False)
    assert (await define_benefit(replace(SIGN_UP, amount=600), using=using)).defined.version == 2
    assert (await define_benefit(SIGN_UP, using=using)).defined.version == 3
    assert (await define_benefit(replace(SIGN_UP, benefit_id="other"), using=using)).defined.version == 1
    assert amounts(facts) == [(1, 500), (1, 500), (2, 600), (3, 500)]


async def test_one_and_true_are_not_the_same() -> None:
    using = defining(FakeFacts())
    one, true = (replace(SIGN_UP, conditions=(Condition("x", Comparison.EQUALS, (value,)),)) for value in (1, True))
    assert (await define_benefit(one, using=using)).defined.version == 1
    assert (await define_benefit(true, using=using)).defined.version == 2


async def test_many_at_once_lose_none() -> None:
    facts = FakeFacts()
    commands = [define_benefit(replace(SIGN_UP, amount=n), using=defining(facts, 50)) for n in range(1, 9)]
    outcomes = await asyncio.gather(*commands)
    assert all(one.written for one in outcomes)
    assert [version for version, _ in amounts(facts)] == list(range(1, 9))
    assert sorted(amount for _, amount in amounts(facts)) == list(range(1, 9))


async def test_equal_ones_at_once_are_one_version() -> None:
    facts = FakeFacts()
    outcomes = await asyncio.gather(*[define_benefit(SIGN_UP, using=defining(facts)) for _ in range(8)])
    assert sorted(one.written for one in outcomes) == [False] * 7 + [True]
    assert amounts(facts) == [(1, 500)]


@pytest.mark.parametrize(("fault", "left"), [(Fault.LOST_REQUEST, []), (Fault.LOST_RESPONSE, [(1, 500)])])
async def test_a_lost_call_is_settled_by_the_same_call(fault: Fault, left: list[tuple[int, int]]) -> None:
    facts = FakeFacts()
    facts.faults.append(fault)
    with pytest.raises(OutcomeUnknown):
        await define_benefit(SIGN_UP, using=defining(facts))
    assert amounts(facts) == left
    again = await define_benefit(SIGN_UP, using=defining(facts))
    assert (again.written, amounts(facts)) == (not left, [(1, 500)])


async def test_it_does_not_try_for_ever() -> None:
    facts = FakeFacts()
    facts.faults.extend([Fault.STALE] * 20)
    with pytest.raises(StoreUnavailable):
        await define_benefit(SIGN_UP, using=defining(facts, attempts=3))
    assert facts.calls["add_benefit"] == 3
