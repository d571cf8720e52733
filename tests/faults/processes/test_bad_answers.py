"""Answers of DynamoDB that arrive in part, changed, or not at all."""

import asyncio
import random

import pytest

from tests.faults.figures import note
from tests.faults.processes.conftest import MakeRig
from tests.faults.processes.history import REQUEST_SECONDS
from tests.faults.processes.rig import SLACK_SECONDS
from tests.faults.proxy import Fault

pytestmark = pytest.mark.faults

FAULT_SECONDS = 5.0
SHARE = 0.2
KINDS = {
    "resets": (Fault.RESET, Fault.LOSE_REQUEST, Fault.LOSE_RESPONSE),
    "half-answers": (Fault.TRUNCATE, Fault.CORRUPT, Fault.HTML),
}


@pytest.mark.parametrize("name", KINDS)
async def test_at_a_fifth_of_all_calls(make_rig: MakeRig, name: str) -> None:
    rng, kinds = random.Random(5), KINDS[name]
    async with make_rig() as rig:
        async with rig.under_load():
            rig.proxy.decide = lambda _: rng.choice(kinds) if rng.random() < SHARE else None
            await asyncio.sleep(FAULT_SECONDS)
            rig.proxy.heal()
        figures = await rig.check(within=REQUEST_SECONDS + SLACK_SECONDS)
        assert all(rig.proxy.fired[kind] for kind in kinds)
        note(name, figures | {"fired": sum(rig.proxy.fired[kind] for kind in kinds)})
