"""DynamoDB does only a part of each batch, and names what is left."""

import asyncio
import random

import pytest

from tests.e2e.commands import run_kickbacks
from tests.faults.figures import note
from tests.faults.processes.conftest import MakeRig
from tests.faults.processes.history import REQUEST_SECONDS
from tests.faults.processes.rig import SLACK_SECONDS
from tests.faults.proxy import Fault

pytestmark = pytest.mark.faults

FAULT_SECONDS = 3.0


async def test_batches_are_done_in_part(make_rig: MakeRig) -> None:
    """While the projector counts, and while all views are made again: of each batch 1 to 25 are left."""
    rng = random.Random(9)
    async with make_rig() as rig:
        rig.proxy.keep = lambda several: several - rng.randint(1, 25)
        async with rig.under_load():
            rig.proxy.decide = lambda _: Fault.UNPROCESSED if rng.random() < 0.8 else None
            await asyncio.sleep(FAULT_SECONDS)
            code, said = await run_kickbacks(rig.environment, "rebuild")
            assert code == 0, said
            fired, batches = rig.proxy.fired[Fault.UNPROCESSED], _batches(rig.proxy.seen)
            rig.proxy.heal()
        figures = await rig.check(within=REQUEST_SECONDS + SLACK_SECONDS)
        assert fired > 0
        assert batches["BatchWriteItem"] > 0
        note("unprocessed", figures | {"fired": fired} | batches)


async def test_a_rebuild_that_cannot_end_changes_nothing(make_rig: MakeRig) -> None:
    """All but one of every batch is left, again and again: the old views go on, and the next rebuild clears up."""
    async with make_rig() as rig:
        async with rig.under_load():
            rig.proxy.decide = lambda name: Fault.UNPROCESSED if name == "BatchWriteItem" else None
            code, said = await run_kickbacks(rig.environment, "rebuild")
            assert code == 1, said
            assert "left unwritten" in said
            rig.proxy.heal()
        await rig.check(within=REQUEST_SECONDS + SLACK_SECONDS)
        code, said = await run_kickbacks(rig.environment, "rebuild")
        assert code == 0, said


def _batches(seen: dict[str, int]) -> dict[str, int]:
    return {name: seen[name] for name in ("BatchWriteItem", "BatchGetItem")}
