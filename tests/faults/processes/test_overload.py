"""A DynamoDB that refuses many calls, as it does when there are too many or when it is not well."""

import asyncio
import random

import pytest

from tests.faults.figures import note
from tests.faults.processes.conftest import MakeRig
from tests.faults.processes.history import REQUEST_SECONDS
from tests.faults.processes.rig import SLACK_SECONDS
from tests.faults.proxy import Fault

pytestmark = pytest.mark.faults

FAULT_SECONDS = 4.0


@pytest.mark.parametrize(
    ("name", "fault", "share", "least_percent"),
    [("throttled", Fault.THROTTLE, 0.4, 99.0), ("internal-errors", Fault.INTERNAL, 0.3, 95.0)],
    ids=["throttled", "internal-errors"],
)
async def test_calls_refused_at_random(
    make_rig: MakeRig, name: str, fault: Fault, share: float, least_percent: float
) -> None:
    rng = random.Random(7)
    async with make_rig() as rig:
        async with rig.under_load():
            rig.proxy.decide = lambda _: fault if rng.random() < share else None
            await asyncio.sleep(FAULT_SECONDS)
            rig.proxy.heal()
        figures = await rig.check(within=REQUEST_SECONDS + SLACK_SECONDS)
        assert rig.proxy.fired[fault] > 0
        assert figures["answered_percent"] >= least_percent
        note(name, figures | {"fired": rig.proxy.fired[fault]})
