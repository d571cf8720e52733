"""How often a benefit may be exercised: by business days, months and years, whatever happens at once."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.commands.posting import Carried, Unmet
from app.domain.benefits import Benefit, Limit, Per
from app.domain.kickbacks import KickbackType
from app.ports.errors import StoreUnavailable
from tests.commands.exercisers import World

SIGN_UP = Benefit("sign-up", "Sign-up", "SIGN_UP", KickbackType.POINT, 500)
CAMPAIGN = Benefit("autumn", "Autumn", "CAMPAIGN", KickbackType.MILE, 7, (), Limit(2, Per.MONTH))


async def test_a_campaign_so_often_a_month() -> None:
    """In the business time zone: 14:59:59 UTC is the last second of the month in Tokyo."""
    world = World()
    world.define(CAMPAIGN)
    moments = [
        ("2026-11-01T00:00:00", None),
        ("2026-11-29T00:00:00", None),
        ("2026-11-30T14:59:59", "limit: 2 MONTH"),
        ("2026-11-30T15:00:00", None),
        ("2026-12-31T14:59:59", None),
        ("2026-12-31T14:59:59", "limit: 2 MONTH"),
        ("2026-12-31T15:00:00", None),
    ]
    for number, (moment, unmet) in enumerate(moments):
        world.clock.now = datetime.fromisoformat(moment).replace(tzinfo=UTC)
        outcome = await world.exercise("autumn", f"e{number}")
        assert (outcome.condition if isinstance(outcome, Unmet) else None) == unmet, moment
    assert world.balance(kind=KickbackType.MILE) == 5 * 7
    days = [(one.number, one.day.isoformat()) for one in world.exercises()]
    assert days == [
        (1, "2026-11-01"),
        (2, "2026-11-29"),
        (3, "2026-12-01"),
        (4, "2026-12-31"),
        (5, "2027-01-01"),
    ]


async def test_no_day_reopens_where_clocks_differ() -> None:
    """One process is already in tomorrow, the other still in today: it is still once a day."""
    world = World()
    midnight = datetime(2026, 11, 22, 15, tzinfo=UTC)
    outcomes = []
    for number, off in enumerate((-2, 1, -1, 2)):
        # In another account each time, so that no passbook's own order hides the clocks' differences.
        world.define(replace(CAMPAIGN, limit=Limit(1, Per.DAY), kind=list(KickbackType)[number % 3]))
        world.clock.now = midnight + timedelta(seconds=off)
        outcomes.append(await world.exercise("autumn", f"e{number}"))
    assert [isinstance(one, Carried) for one in outcomes] == [True, True, False, False]


async def test_exercises_of_earlier_versions_count() -> None:
    world = World()
    world.define(replace(CAMPAIGN, limit=Limit(2, Per.DAY)))
    for number in range(2):
        assert isinstance(await world.exercise("autumn", f"e{number}"), Carried)
    world.define(replace(CAMPAIGN, limit=Limit(1, Per.EVER)))
    assert await world.exercise("autumn", "e2") == Unmet("limit: 1 EVER")
    world.define(replace(CAMPAIGN, limit=Limit(3, Per.YEAR)))
    assert isinstance(await world.exercise("autumn", "e2"), Carried)
    assert await world.exercise("autumn", "e3") == Unmet("limit: 3 YEAR")
    assert [(one.number, one.benefit_version) for one in world.exercises()] == [(1, 1), (2, 1), (3, 3)]


async def test_another_benefit_and_another_user_are_counted_for_themselves() -> None:
    world = World()
    world.define(SIGN_UP)
    world.define(replace(SIGN_UP, benefit_id="sign"))
    for benefit_id in ("sign", "sign-up"):
        for user_id in ("u1", "u2"):
            assert isinstance(await world.exercise(benefit_id, "e1", user_id=user_id), Carried)
    assert world.balance("u1") == world.balance("u2") == 1000


@pytest.mark.parametrize("limit", [1, 5])
async def test_many_at_once_are_as_many_as_the_limit(limit: int) -> None:
    world = World()
    world.define(replace(SIGN_UP, limit=Limit(limit, Per.MONTH)))
    outcomes = await asyncio.gather(*(world.exercise("sign-up", f"e{n}") for n in range(20)), return_exceptions=True)
    for _ in range(20):
        if not any(isinstance(one, StoreUnavailable) for one in outcomes):
            break
        outcomes = await asyncio.gather(
            *(world.exercise("sign-up", f"e{n}") for n in range(20)), return_exceptions=True
        )
    assert sum(isinstance(one, Carried) for one in outcomes) == limit
    assert {one for one in outcomes if not isinstance(one, Carried)} == {Unmet(f"limit: {limit} MONTH")}
    assert world.balance() == 500 * limit
    assert [one.number for one in world.exercises()] == list(range(1, limit + 1))
