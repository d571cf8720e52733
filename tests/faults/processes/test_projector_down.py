"""The projector is away: the views stand still and say so, nothing else notices, and they catch up by themselves."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from app.store.view_keys import CONTROL_PK, CURRENT_SK
from tests.faults.figures import note
from tests.faults.processes.conftest import MakeRig
from tests.faults.processes.history import REQUEST_SECONDS, Kind, Phase
from tests.faults.processes.rig import SLACK_SECONDS, VIEWS, Rig
from tests.faults.processes.worker import worker
from tests.http.points import day

pytestmark = pytest.mark.faults

# What counts is how much has to be caught up with, not how long nobody did it.
DOWN_SECONDS = 10.0
CATCH_UP_SECONDS = 60.0  # its start included, on a busy machine
RANKING = f"/categories/GROCERY/rankings?month={day(0)[:7]}&by=merchant"


async def test_the_projector_is_down(make_rig: MakeRig, tmp_path: Path) -> None:
    async with make_rig(PROJECTOR="outside", STREAM_LEASE_SECONDS="1") as rig:
        async with worker(rig.environment, tmp_path / "worker.log") as projector, rig.http() as http:
            await _first_views(rig)
            async with rig.under_load() as history:
                await projector.kill()
                before = len(history.recorded)
                await asyncio.sleep(DOWN_SECONDS)
                behind = len(history.recorded) - before
                moment = datetime.now(UTC)
                late = moment - datetime.fromisoformat((await http.get(RANKING)).json()["asOf"])
                demanded = await http.get(f"{RANKING}&notBefore={_utc(moment)}")
                await projector.start()
                caught_up = await _seconds_until(http, moment)
            figures = await rig.check(within=REQUEST_SECONDS + SLACK_SECONDS)
        assert set(history.statuses(Phase.DURING, Kind.RANKING, Kind.NEW)) == {200, 201}
        assert late.total_seconds() > DOWN_SECONDS / 2, "answers say how old they are"
        assert (demanded.status_code, "retry-after" in demanded.headers) == (503, True)
        assert behind > 0
        assert caught_up < CATCH_UP_SECONDS
        note("projector-down", figures | {"behind": behind, "caught_up_seconds": round(caught_up, 1)})


async def _first_views(rig: Rig) -> None:
    """Until then rankings are computed from the purchases, and so are always of this moment."""
    current = {"PK": {"S": CONTROL_PK}, "SK": {"S": CURRENT_SK}}
    async with asyncio.timeout(60):
        while "Item" not in await rig.raw.get_item(TableName=VIEWS, Key=current):  # noqa: ASYNC110 - another process does it
            await asyncio.sleep(0.05)
    await asyncio.sleep(1)  # longer than the service remembers that there were none


async def _seconds_until(http: httpx.AsyncClient, moment: datetime) -> float:
    """How long it takes until everything recorded before the moment is in the views."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    async with asyncio.timeout(60):
        while (await http.get(f"{RANKING}&notBefore={_utc(moment)}")).status_code != 200:  # noqa: ASYNC110 - another process does it
            await asyncio.sleep(0.05)
    return loop.time() - began


def _utc(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
