"""The Benefits port: versions that are only ever added, exercises written with what they earned."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from app.domain.benefits import Benefit, Comparison, Condition, DefinedBenefit, Exercise, Limit, Per, Value
from app.domain.expiry import RoundUp, Validity
from app.domain.kickbacks import KickbackType
from app.ports.benefits import Benefits
from app.ports.ledger import CommandKind, Ledger, NewCommand, NotAppended, Tally, TallyId
from app.ports.transactions import Appended
from app.settings import Settings
from app.store.benefit_codec import exercise_item
from app.store.benefits import DynamoBenefits
from app.store.database import Database
from app.store.ledger import DynamoLedger
from tests.audit_rows import row
from tests.fakes import FakeBenefits, FakeFacts, FakeLedger

CREATED = "2026-11-22T03:04:05.000000Z"
FULL = Benefit(
    benefit_id="full",
    name="動画を最後まで見た",
    trigger="VIDEO_WATCHED",
    kind=KickbackType.MILE,
    amount=10**12,
    conditions=(
        Condition("watchedPercent", Comparison.AT_LEAST, (90,)),
        Condition("age", Comparison.AT_MOST, (-(10**12),)),
        Condition("done", Comparison.EQUALS, (True,)),
        Condition("plan", Comparison.ONE_OF, ("金", 1, False)),
        Condition("videoId", Comparison.PRESENT),
    ),
    limit=Limit(3, Per.MONTH),
    valid_from="2026-01-01T00:00:00.000000Z",
    valid_to="2026-12-31T14:59:59.999999Z",
    validity=Validity(until=date(2027, 3, 31), round_up=RoundUp.QUARTER),
)


@dataclass(frozen=True, slots=True)
class Storage:
    """The two ports on the same facts."""

    benefits: Benefits
    ledger: Ledger


@pytest.fixture(params=["fake", pytest.param("dynamodb", marks=pytest.mark.dynamodb)])
def storage(request: pytest.FixtureRequest) -> Storage:
    if request.param == "fake":
        facts = FakeFacts()
        return Storage(FakeBenefits(facts), FakeLedger(facts))
    client: Any = request.getfixturevalue("client")
    settings: Settings = request.getfixturevalue("shared_settings")
    database = Database(client, settings.facts_table)
    return Storage(DynamoBenefits(database), DynamoLedger(database, 4, {Exercise: exercise_item}))


@pytest.fixture
def define(unique: str) -> Callable[..., DefinedBenefit]:
    """A version of a benefit with an id of its own."""

    def make(version: int, **changes: Any) -> DefinedBenefit:
        return DefinedBenefit(replace(FULL, **{"benefit_id": f"b-{unique}", **changes}), version, CREATED)

    return make


async def test_the_newest_version_is_read_back_whole(storage: Storage, define: Callable[..., DefinedBenefit]) -> None:
    first = define(1)
    benefit_id = first.benefit.benefit_id
    assert await storage.benefits.newest(benefit_id) is None
    assert await storage.benefits.add(first, audit=row(), token=str(uuid4()))
    newest = await storage.benefits.newest(benefit_id)
    assert newest == first
    assert newest is not None
    assert [one.text for one in newest.benefit.conditions] == [
        one.text for one in FULL.conditions
    ]  # == takes 1 for True
    bare = define(2, conditions=(), limit=Limit(), valid_from=None, valid_to=None, validity=None)
    assert await storage.benefits.add(bare, audit=row(), token=str(uuid4()))
    assert await storage.benefits.newest(benefit_id) == bare


async def test_versions_sort_as_numbers(storage: Storage, define: Callable[..., DefinedBenefit]) -> None:
    for version in range(1, 12):
        assert await storage.benefits.add(define(version, amount=version), audit=row(), token=str(uuid4()))
    assert await storage.benefits.newest(define(1).benefit.benefit_id) == define(11, amount=11)


async def test_a_version_is_never_written_over(storage: Storage, define: Callable[..., DefinedBenefit]) -> None:
    assert await storage.benefits.add(define(1), audit=row(), token=str(uuid4()))
    assert not await storage.benefits.add(define(1, amount=1), audit=row(), token=str(uuid4()))
    assert await storage.benefits.newest(define(1).benefit.benefit_id) == define(1)


async def test_of_many_at_once_one_is_written(storage: Storage, define: Callable[..., DefinedBenefit]) -> None:
    added = await asyncio.gather(
        *(storage.benefits.add(define(1, amount=n), audit=row(), token=str(uuid4())) for n in range(1, 9))
    )
    assert sorted(added) == [False] * 7 + [True]
    newest = await storage.benefits.newest(define(1).benefit.benefit_id)
    assert newest is not None
    assert newest.benefit.amount == added.index(True) + 1


def exercise(unique: str, number: int, exercise_id: str) -> tuple[Exercise, Tally]:
    evidence: dict[str, Value] = {"watchedPercent": 95, "done": True, "one": 1, "text": "金 \"'", "empty": ""}
    made = Exercise(f"u-{unique}", "video", exercise_id, number, 7, evidence, date(2026, 11, 22), CREATED)
    counter = TallyId(CommandKind.EXERCISE, f"u-{unique}", ("video", "EVER"))
    return made, Tally(counter, number, number)


async def test_an_exercise_is_written_with_its_step(storage: Storage, unique: str) -> None:
    made, tally = exercise(unique, 1, "e1")
    command = NewCommand((), tallies=(tally,), further=(made,))
    assert await storage.benefits.exercise(made.user_id, "video", 1) is None
    assert await storage.ledger.append(command, audit=row(), token=str(uuid4())) == Appended()
    read = await storage.benefits.exercise(made.user_id, "video", 1)
    assert read == made
    assert read is not None
    assert {name: type(value) for name, value in read.evidence.items()} == {
        name: type(value) for name, value in made.evidence.items()
    }
    assert await storage.benefits.exercise(made.user_id, "video", 2) is None
    assert await storage.benefits.exercise(made.user_id, "vide", 1) is None
    assert await storage.benefits.exercise("another", "video", 1) is None


async def test_a_step_that_is_taken_takes_the_exercise_with_it(storage: Storage, unique: str) -> None:
    first, tally = exercise(unique, 1, "e1")
    await storage.ledger.append(NewCommand((), tallies=(tally,), further=(first,)), audit=row(), token=str(uuid4()))
    other, same_step = exercise(unique, 1, "e2")
    late = NewCommand((), tallies=(same_step,), further=(other,))
    assert await storage.ledger.append(late, audit=row(), token=str(uuid4())) == NotAppended(None)
    assert await storage.benefits.exercise(first.user_id, "video", 1) == first
