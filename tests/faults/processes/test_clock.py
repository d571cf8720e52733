"""Clocks that jump, and a DynamoDB that says ours is wrong."""

import asyncio
import random
from pathlib import Path

import pytest

from tests.faults.figures import note
from tests.faults.processes.conftest import MakeRig
from tests.faults.processes.history import REQUEST_SECONDS, Kind, Phase
from tests.faults.processes.rig import SLACK_SECONDS
from tests.faults.processes.worker import worker
from tests.faults.proxy import Fault

pytestmark = pytest.mark.faults

SECONDS_EACH = 3.0
JUMPS = ("+2h", "+0")
LIBRARIES = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))


@pytest.mark.skipif(not LIBRARIES, reason="libfaketime is not installed (Debian: faketime)")
async def test_the_services_clock_jumps(make_rig: MakeRig, tmp_path: Path) -> None:
    """Two hours ahead, and right again, while it is in use. The projector's clock is right: how new its views are, it
    can tell by its own clock only. (A clock that is further behind than CLOCK_SKEW_SECONDS is another matter: what it
    stamps is taken for older than views that began meanwhile, and is not counted in them.)"""
    clock = tmp_path / "clock"
    clock.write_text("+0")
    shifted = {
        "LD_PRELOAD": str(LIBRARIES[0]),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    async with make_rig(direct=True, PROJECTOR="outside", **shifted) as rig:
        right = {name: value for name, value in rig.environment.items() if name not in shifted}
        async with worker(right, tmp_path / "worker.log"), rig.under_load() as history, rig.http() as http:
            page = (await http.get("/users/user-u0/kickbacks?limit=1")).json()
            walked = []
            for jump in JUMPS:
                clock.write_text(jump)
                await asyncio.sleep(SECONDS_EACH)
                onward = {"limit": 1, "cursor": page["nextCursor"]}
                walked.append((await http.get("/users/user-u0/kickbacks", params=onward)).status_code)
            stamps = {item["recordedAt"]["S"][:13] for item in await rig.entries()}
            figures = await rig.check(within=REQUEST_SECONDS + SLACK_SECONDS)
        assert len(stamps) > 1, "the service's clock did jump"
        assert walked == [200, 200]
        assert set(history.statuses(Phase.DURING, Kind.NEW, Kind.HISTORY)) == {200, 201}
        note("clock", figures)


async def test_dynamodb_says_that_the_clock_is_wrong(make_rig: MakeRig) -> None:
    rng = random.Random(2)
    async with make_rig() as rig:
        async with rig.under_load():
            rig.proxy.decide = lambda _: Fault.SKEWED if rng.random() < 0.2 else None
            await asyncio.sleep(SECONDS_EACH)
            rig.proxy.heal()
        figures = await rig.check(within=REQUEST_SECONDS + SLACK_SECONDS)
        assert rig.proxy.fired[Fault.SKEWED] > 0
        note("skewed", figures | {"fired": rig.proxy.fired[Fault.SKEWED]})
