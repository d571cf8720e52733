"""`verify` on a real DynamoDB Local: clean without damage, and it finds each kind of damage that is planted."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest
import pytest_asyncio

from app.api.reversals import reversal_answer
from app.bootstrap import build_services
from app.bootstrap.maintenance import Maintenance, open_maintenance
from app.commands.posting import Carried
from app.commands.record_transaction import record_transaction
from app.commands.reverse_transaction import Reverse, Reversing, reverse_transaction
from app.domain.view_rows import Countable
from app.maintenance.rebuild import make_generation
from app.maintenance.verifying.differences import Difference, Kind
from app.maintenance.verifying.repairs import FACTS_FIRST, repair_plan
from app.maintenance.verifying.run import NOT_SEALED, Report, verify
from app.ports.projection import Parked
from app.ports.views import ViewId
from app.settings import Settings
from app.store.projection_codec import parked_item
from tests.maintenance.damages import DAMAGES, VIEWS, Victim
from tests.maintenance.tables import Tables

MakeSettings = Callable[..., Awaitable[Settings]]
NUMBERS = {name: number for number, name in enumerate(DAMAGES, start=1)}
FACTS_PER_VICTIM = 3 + 3 + 2 + 3


@dataclass(frozen=True, slots=True)
class Checked:
    """Reports on one table: before the damage, after it, after it in portions."""

    tables: Tables
    clean: Report
    damaged: Report
    portions: Report
    rows: int


@pytest_asyncio.fixture(scope="module")
async def checked(make_settings: MakeSettings, client: Any, admin: Any) -> Checked:
    async with _victims(NUMBERS.values(), make_settings, client, admin) as (tables, maintenance):
        clean = await verify(maintenance.verifying)
        rows = len(await tables.views())
        for name, (_, plant) in DAMAGES.items():
            await plant(Victim(NUMBERS[name], tables))
        await project(maintenance)
        return Checked(
            tables,
            clean,
            await verify(maintenance.verifying),
            await verify(replace(maintenance.verifying, passes=3)),
            rows,
        )


async def project(maintenance: Maintenance) -> None:
    """What the projector does, once."""
    generation = (await maintenance.rebuilding.projection.state()).generation
    assert generation is not None

    async def skip(_: Sequence[Countable]) -> list[ViewId]:
        return []

    await maintenance.rebuilding.catch_up(generation, skip)


@asynccontextmanager
async def _victims(
    numbers: Iterable[int], make_settings: MakeSettings, client: Any, admin: Any
) -> AsyncIterator[tuple[Tables, Maintenance]]:
    tables = Tables(admin, await make_settings(request_seconds=0.1))
    services = build_services(tables.settings, client)
    reversing = Reversing(services.posting, services.transactions, services.clawback_policy, reversal_answer)
    for number in numbers:
        for one in Victim(number, tables).purchases():
            await record_transaction(one, using=services.recording)
        back = Reverse(Victim(number, tables).id(2), "back", 1000, "返品", "fingerprint")
        assert isinstance(await reverse_transaction(back, using=reversing), Carried)
    async with open_maintenance(tables.settings) as maintenance:
        await make_generation(maintenance.rebuilding)
        yield tables, maintenance


def test_without_damage_it_is_clean(checked: Checked) -> None:
    assert (checked.clean.differences, checked.clean.warnings, checked.clean.unchecked) == ([], [NOT_SEALED], [])
    assert checked.clean.facts == FACTS_PER_VICTIM * len(NUMBERS)
    assert checked.clean.rows == checked.rows


@pytest.mark.parametrize("damage", DAMAGES)
def test_it_finds(checked: Checked, damage: str) -> None:
    kinds, _ = DAMAGES[damage]
    found = {one.kind for one in checked.damaged.differences if Victim(NUMBERS[damage], checked.tables).is_in(one.key)}
    # Views differ from damaged facts too.
    assert kinds == (found if damage.startswith("view") else found - VIEWS)


def test_every_kind_about_facts_and_views_was_planted() -> None:
    """Damaged receipts, sums and exercises of a user's commands are planted in tests/maintenance/test_forging, those of
    the audit trail in tests/maintenance/test_trail_damages."""
    planted = set().union(*(kinds for kinds, _ in DAMAGES.values()))
    elsewhere = {Kind.RECEIPT_WRONG, Kind.TALLY_MISSING, Kind.TALLY_WRONG, Kind.EXERCISE_WRONG}
    trail = {kind for kind in Kind if kind.value.startswith(("AUDIT_", "SEAL_"))}
    assert planted == set(Kind) - {Kind.PARKED, Kind.GAP} - elsewhere - trail


def test_in_portions_it_finds_the_same(checked: Checked) -> None:
    assert _sorted(checked.portions.differences) == _sorted(checked.damaged.differences)
    assert (checked.portions.facts, checked.portions.rows) == (checked.damaged.facts, checked.damaged.rows)


def test_facts_are_repaired_first(checked: Checked) -> None:
    plan = repair_plan(checked.damaged.differences)
    assert plan[0] == FACTS_FIRST
    assert plan[-1].startswith("VIEW_")


async def test_what_was_not_counted_is_found_and_a_rebuild_heals(
    make_settings: MakeSettings, client: Any, admin: Any
) -> None:
    async with _victims([1], make_settings, client, admin) as (tables, maintenance):
        parked = parked_item(1, Parked("shard-0", "1", "e", "", "an attribute is missing", "2026"))
        (shard,) = await tables.remembered("SHARD#")
        for item in (parked, {**shard, "gap": {"S": "lost"}}):
            await admin.put_item(TableName=tables.settings.views_table, Item=item)
        await tables.drop_view(Victim(1, tables).board)
        found = (await verify(maintenance.verifying)).differences
        assert {one.kind for one in found} == {Kind.PARKED, Kind.GAP, Kind.VIEW_MISSING}
        assert FACTS_FIRST not in repair_plan(found)

        assert (await make_generation(maintenance.rebuilding)).promoted
        assert (await verify(maintenance.verifying)).differences == []
        assert {item["PK"]["S"].partition("#")[0] for item in await tables.views()} == {"2"}


def _sorted(differences: list[Difference]) -> list[str]:
    return sorted(map(repr, differences))
