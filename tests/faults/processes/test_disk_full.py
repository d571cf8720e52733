"""No room on a disk: the database's, and the one that the service's log goes to."""

import asyncio
import os
from pathlib import Path

import pytest

from tests.faults.figures import note
from tests.faults.processes.conftest import MakeRig
from tests.faults.processes.history import REQUEST_SECONDS, Kind, Phase
from tests.faults.processes.rig import SLACK_SECONDS
from tests.faults.proxy import Fault

pytestmark = pytest.mark.faults

FULL_SECONDS = 4.0
WRITES = frozenset({"PutItem", "TransactWriteItems", "BatchWriteItem"})


async def test_the_database_has_no_room_to_write(make_rig: MakeRig) -> None:
    """Every write is answered 500 and reads go on, as a DynamoDB Local on a full disk does. It is not put on one here:
    in the moment in which its disk becomes full, it answers some transactions 200 that are gone afterwards, as was seen
    with plain clients and without the service."""
    async with make_rig() as rig:
        async with rig.under_load() as history:
            rig.proxy.decide = lambda name: Fault.INTERNAL if name in WRITES else None
            await asyncio.sleep(FULL_SECONDS)
            rig.proxy.heal()
        figures = await rig.check(within=REQUEST_SECONDS + SLACK_SECONDS)
        assert rig.proxy.fired[Fault.INTERNAL] > 0
        assert history.statuses(Phase.DURING, Kind.NEW)[503] > 0
        assert set(history.statuses(Phase.DURING, Kind.HISTORY, Kind.RANKING)) == {200}
        note("disk-full", figures | {"fired": rig.proxy.fired[Fault.INTERNAL]})


async def test_the_services_log_has_no_room(make_rig: MakeRig) -> None:
    """Lines are lost, and counted; answers are not."""
    async with make_rig(direct=True, log=Path("/dev/full")) as rig:
        async with rig.under_load() as history, rig.http() as http:
            await asyncio.sleep(FULL_SECONDS)
            told = (await http.get("/metrics")).text
        figures = await rig.check(within=REQUEST_SECONDS + SLACK_SECONDS)
        assert set(history.statuses(Phase.DURING)) <= {200, 201, 409}
        (lost,) = (line for line in told.splitlines() if line.startswith("kickbacks_log_lines_lost_total "))
        assert float(lost.split()[1]) >= history.statuses(Phase.BEFORE).total()
        assert await rig.service.stop() == 0
        note("log-full", figures | {"lines_lost": round(float(lost.split()[1]))})


def test_the_device_is_full() -> None:
    """Else the test above would show nothing."""
    with Path("/dev/full").open("wb", buffering=0) as full, pytest.raises(OSError, match="No space left"):
        os.write(full.fileno(), b"x")
