"""The service itself is killed in the middle of everything, and started again."""

import asyncio

import pytest

from tests.faults.figures import note
from tests.faults.processes.conftest import MakeRig
from tests.faults.processes.history import NO_ANSWER, REQUEST_SECONDS, Phase

pytestmark = pytest.mark.faults

KILLS = 3
START_SECONDS = 10.0  # it listens before it answers: whoever connects meanwhile waits


async def test_the_service_is_killed_under_load(make_rig: MakeRig) -> None:
    starts: list[float] = []
    async with make_rig(direct=True) as rig:
        async with rig.under_load() as history:
            for kill in range(KILLS):
                await asyncio.sleep(0.3 + 0.37 * kill)
                await rig.service.kill()
                killed = asyncio.get_running_loop().time()
                await rig.service.start()
                starts.append(asyncio.get_running_loop().time() - killed)
        print(starts)
        figures = await rig.check(within=REQUEST_SECONDS + START_SECONDS, no_answers=True)
        assert history.statuses(Phase.DURING)[NO_ANSWER] >= KILLS
        note("service-killed", figures | {"kills": KILLS, "away_seconds": round(max(starts), 1)})
