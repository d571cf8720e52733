"""Exercising benefits: once for each id, within the limit, on the conditions of the newest version."""

import asyncio
import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from app.commands.posting import Carried, IdTaken, Outcome, Unknown, Unmet, VersionMoved
from app.domain.benefits import Benefit, Comparison, Condition, Evidence, Exercise, Limit, Per
from app.domain.expiry import Validity
from app.domain.kickbacks import KickbackType
from app.domain.ledger import Account
from app.ports.errors import OutcomeUnknown, StoreUnavailable
from app.ports.ledger import CommandKind, TallyId
from tests.commands.exercisers import World
from tests.fakes import Fault
from tests.purchases import NOW

SIGN_UP = Benefit("sign-up", "Sign-up", "SIGN_UP", KickbackType.POINT, 500)
PROFILE = Benefit(
    "profile",
    "Profile completed",
    "PROFILE_COMPLETED",
    KickbackType.POINT,
    100,
    (Condition("completed", Comparison.EQUALS, (True,)),),
)
VIDEO = Benefit(
    "video",
    "Watched",
    "VIDEO_WATCHED",
    KickbackType.POINT,
    20,
    (Condition("watchedPercent", Comparison.AT_LEAST, (90,)),),
    Limit(3, Per.DAY),
)
CAMPAIGN = Benefit("autumn", "Autumn", "CAMPAIGN", KickbackType.MILE, 7, (), Limit(2, Per.MONTH))


def answer_of(outcome: Outcome) -> dict[str, Any]:
    assert isinstance(outcome, Carried), outcome
    document: dict[str, Any] = json.loads(outcome.receipt.answer)
    return document


async def test_signing_up_gives_points_once() -> None:
    world = World()
    world.define(SIGN_UP)
    answer = answer_of(await world.exercise("sign-up", "e1"))
    assert answer == {
        "exerciseId": "e1",
        "benefitId": "sign-up",
        "evidence": {},
        "userId": "user123",
        "benefitVersion": 1,
        "trigger": "SIGN_UP",
        "number": 1,
        "ledger": {
            "type": "POINT",
            "version": 1,
            "balance": 500,
            "allocations": [{"lot": "BENEFIT:sign-up:2027-05-21", "amount": 500}],
            "expiresOn": "2027-05-21",
        },
        "createdAt": "2026-11-22T03:04:05.000000Z",
    }
    assert await world.exercise("sign-up", "e2") == Unmet("limit: 1 EVER")
    world.clock.now += timedelta(days=3650)
    assert await world.exercise("sign-up", "e3") == Unmet("limit: 1 EVER")
    assert isinstance(await world.exercise("sign-up", "e1", user_id="another"), Carried)
    entry = world.facts.entries[Account("user123", KickbackType.POINT), 1]
    assert (entry.cause, entry.rule, entry.effective_at) == (
        "EXERCISE#sign-up#e1",
        "180 days",
        "2026-11-22T03:04:05.000000Z",
    )
    created = "2026-11-22T03:04:05.000000Z"
    exercise = Exercise("user123", "sign-up", "e1", 1, 1, {}, date(2026, 11, 22), created)
    assert exercise in world.exercises()


async def test_an_unknown_benefit() -> None:
    world = World()
    assert await world.exercise("nothing", "e1") == Unknown()
    assert world.facts.entries == {}


@pytest.mark.parametrize(
    ("benefit", "evidence", "unmet"),
    [
        (PROFILE, {"completed": True}, None),
        (PROFILE, {"completed": False}, "completed equals true"),
        (PROFILE, {"completed": 1}, "completed equals true"),
        (PROFILE, {}, "completed equals true"),
        (VIDEO, {"watchedPercent": 90, "videoId": "v1"}, None),
        (VIDEO, {"watchedPercent": 89}, "watchedPercent atLeast 90"),
        (VIDEO, {"watchedPercent": "95"}, "watchedPercent atLeast 90"),
        (replace(SIGN_UP, valid_to="2026-11-22T03:04:04.999999Z"), {}, "validTo"),
        (replace(SIGN_UP, valid_to="2026-11-22T03:04:05.000000Z"), {}, None),
        (replace(SIGN_UP, valid_from="2026-11-22T03:04:05.000001Z"), {}, "validFrom"),
        (replace(SIGN_UP, validity=Validity(until=date(2026, 11, 21))), {}, "validity until 2026-11-21"),
        (replace(SIGN_UP, validity=Validity(until=date(2026, 11, 22))), {}, None),
    ],
)
async def test_conditions(benefit: Benefit, evidence: Evidence, unmet: str | None) -> None:
    world = World()
    world.define(benefit)
    outcome = await world.exercise(benefit.benefit_id, "e1", evidence)
    if unmet is None:
        assert isinstance(outcome, Carried)
        assert world.balance() == benefit.amount
    else:
        assert outcome == Unmet(unmet)
        assert (world.facts.entries, world.facts.receipts, world.facts.tallies) == ({}, {}, {})
        assert world.exercises() == []


async def test_a_new_kind_of_trigger_is_data() -> None:
    """A word nobody has heard of, another unit, an expiry of its own: no code knows any of it."""
    world = World()
    steps = Condition("steps", Comparison.AT_LEAST, (10_000,))
    device = Condition("device", Comparison.ONE_OF, ("WATCH", "PHONE"))
    world.define(
        Benefit(
            "walk", "Walked", "STEPS_WALKED", KickbackType.CASHBACK, 3, (steps, device), Limit(), None, None,
            Validity(months=1),
        )
    )  # fmt: skip
    answer = answer_of(await world.exercise("walk", "e1", {"steps": 12_345, "device": "WATCH"}))
    assert answer["trigger"] == "STEPS_WALKED"
    assert answer["ledger"]["allocations"] == [{"lot": "BENEFIT:walk:2026-12-22", "amount": 3}]
    assert world.balance(kind=KickbackType.CASHBACK) == 3


async def test_the_same_id_again() -> None:
    world = World()
    world.define(VIDEO)
    first = await world.exercise("video", "e1", {"watchedPercent": 95})
    again = await world.exercise("video", "e1", {"watchedPercent": 95})
    assert isinstance(first, Carried)
    assert again == Carried(first.receipt, replayed=True)
    assert isinstance(await world.exercise("video", "e1", {"watchedPercent": 96}), IdTaken)
    assert world.balance() == 20
    world.define(replace(VIDEO, conditions=(), amount=1, kind=KickbackType.MILE))
    assert await world.exercise("video", "e1", {"watchedPercent": 95}) == again
    assert world.balance(kind=KickbackType.MILE) == 0


async def test_one_and_true_are_other_evidence() -> None:
    world = World()
    world.define(replace(SIGN_UP, conditions=(Condition("x", Comparison.PRESENT),)))
    assert isinstance(await world.exercise("sign-up", "e1", {"x": 1}), Carried)
    assert isinstance(await world.exercise("sign-up", "e1", {"x": True}), IdTaken)


async def test_it_is_replayed_when_the_limit_is_reached_and_the_benefit_is_over() -> None:
    world = World()
    world.define(SIGN_UP)
    first = await world.exercise("sign-up", "e1")
    world.define(replace(SIGN_UP, valid_to="2026-11-22T03:04:05.000000Z"))
    world.clock.now += timedelta(days=1)
    assert await world.exercise("sign-up", "e2") == Unmet("validTo")
    again = await world.exercise("sign-up", "e1")
    assert isinstance(first, Carried)
    assert again == Carried(first.receipt, replayed=True)


async def test_fifty_equal_ones_at_once_are_one() -> None:
    world = World()
    world.define(VIDEO)
    outcomes = await asyncio.gather(*(world.exercise("video", "e1", {"watchedPercent": 95}) for _ in range(50)))
    assert sorted(one.replayed for one in outcomes if isinstance(one, Carried)) == [False] + [True] * 49
    assert len({one.receipt.answer for one in outcomes if isinstance(one, Carried)}) == 1
    assert world.balance() == 20


@pytest.mark.parametrize("fault", Fault)
async def test_faults_never_double_and_never_lose(fault: Fault) -> None:
    world = World()
    world.define(SIGN_UP)
    world.facts.faults.append(fault)
    outcome: Outcome | None = None
    if fault is Fault.STALE:
        outcome = await world.exercise("sign-up", "e1")
    else:
        error = StoreUnavailable if fault is Fault.UNAVAILABLE else OutcomeUnknown
        with pytest.raises(error):
            await world.exercise("sign-up", "e1")
    again = await world.exercise("sign-up", "e1")
    assert isinstance(again, Carried)
    assert again.replayed == (outcome is not None or fault is Fault.LOST_RESPONSE)
    assert world.balance() == 500
    tally = await world.using().posting.ledger.tally(TallyId(CommandKind.EXERCISE, "user123", ("sign-up", "EVER")))
    assert tally is not None
    assert (tally.number, tally.amount) == (1, 1)
    assert len(world.exercises()) == 1


async def test_if_match() -> None:
    world = World()
    world.define(replace(CAMPAIGN, kind=KickbackType.POINT))
    assert isinstance(await world.exercise("autumn", "e1", expected=0), Carried)
    assert await world.exercise("autumn", "e2", expected=0) == VersionMoved(1)
    assert isinstance(await world.exercise("autumn", "e2", expected=1), Carried)


async def test_what_is_over_expires_first_and_projectors_are_told() -> None:
    world = World()
    world.define(replace(CAMPAIGN, kind=KickbackType.POINT, limit=Limit(9, Per.EVER), validity=Validity(days=1)))
    for day in (0, 1, 5):
        world.clock.now = NOW + timedelta(days=day)
        assert isinstance(await world.exercise("autumn", f"e{day}"), Carried)
    book = world.facts.passbook(Account("user123", KickbackType.POINT))
    assert [(one.kind.value, one.amount, one.balance) for one in book] == [
        ("EARN", 7, 7),
        ("EARN", 7, 14),
        ("EXPIRE", -7, 7),
        ("EXPIRE", -7, 0),
        ("EARN", 7, 7),
    ]
    assert len(world.recorded) == 3
