"""DynamoDB stops answering, or is not there at all."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.faults.figures import note
from tests.faults.processes.conftest import MakeRig
from tests.faults.processes.history import REQUEST_SECONDS, Kind, Phase, percentile
from tests.faults.processes.rig import FACTS, SLACK_SECONDS

pytestmark = pytest.mark.faults

PAUSED_SECONDS = 10.0
AWAY_SECONDS = 5.0
NOTICED_SECONDS = 6.0
AT_ONCE_SECONDS = 0.3
MOST_GROWTH_MB = 50


@asynccontextmanager
async def memory_of(pid: int) -> AsyncIterator[list[float]]:
    """MB of the process's resident memory, looked at five times a second."""
    seen = [resident_mb(pid)]

    async def look() -> None:
        while True:
            await asyncio.sleep(0.2)
            seen.append(resident_mb(pid))

    looking = asyncio.create_task(look())
    try:
        yield seen
    finally:
        looking.cancel()


def resident_mb(pid: int) -> float:
    (line,) = (x for x in Path(f"/proc/{pid}/status").read_text().splitlines() if x.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


async def test_paused(make_rig: MakeRig) -> None:
    """Connections are taken and nothing is ever said: the worst that can happen to whoever waits."""
    async with make_rig(direct=True) as rig:
        async with rig.under_load() as history, memory_of(rig.service.pid) as memory:
            began = asyncio.get_running_loop().time()
            await rig.database.pause()
            await asyncio.sleep(PAUSED_SECONDS)
            await rig.database.resume()
        figures = await rig.check(within=REQUEST_SECONDS + SLACK_SECONDS)
        assert history.statuses(Phase.DURING)[503] > 0
        noticed = [
            one
            for one in history.during(*(kind for kind in Kind if kind is not Kind.LIVE))
            if began + NOTICED_SECONDS < one.at < began + PAUSED_SECONDS - AT_ONCE_SECONDS
        ]
        at_once = percentile(iter(noticed), 0.5)
        assert 0 < at_once < AT_ONCE_SECONDS
        growth = max(memory) - memory[0]
        assert growth < MOST_GROWTH_MB
        note("paused", figures | {"at_once_ms": round(at_once * 1000, 1), "growth_mb": round(growth)})


async def test_killed_and_started_again(make_rig: MakeRig) -> None:
    async with make_rig(direct=True) as rig:
        async with rig.under_load() as history:
            await rig.database.kill()
            await asyncio.sleep(AWAY_SECONDS)
            await rig.database.start()
            await rig.raw.scan(TableName=FACTS, Limit=1)  # it listens before it has found its tables
        figures = await rig.check(within=REQUEST_SECONDS + SLACK_SECONDS)
        assert history.statuses(Phase.DURING)[503] > 0
        note("killed", figures)
