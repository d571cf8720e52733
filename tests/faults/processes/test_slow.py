"""A DynamoDB that answers late."""

import asyncio
import random

import pytest

from tests.faults.figures import note
from tests.faults.processes.conftest import MakeRig
from tests.faults.processes.history import REQUEST_SECONDS, Kind, percentile
from tests.faults.processes.rig import SLACK_SECONDS
from tests.faults.proxy import Fault

pytestmark = pytest.mark.faults

FAULT_SECONDS = 6.0
_ENOUGH, _ENOUGH_SECONDS = 3, 40


async def test_every_call_takes_two_seconds_more(make_rig: MakeRig) -> None:
    """What needs several calls does not fit into its time any more, and says so in time."""
    async with make_rig() as rig:
        async with rig.under_load():
            rig.proxy.decide = lambda _: Fault.DELAY
            await asyncio.sleep(FAULT_SECONDS)
            rig.proxy.heal()
            await asyncio.sleep(rig.proxy.delay_seconds)  # what is under way is still late
        figures = await rig.check(within=REQUEST_SECONDS + SLACK_SECONDS)
        assert rig.proxy.fired[Fault.DELAY] > 0
        note("slow", figures | {"fired": rig.proxy.fired[Fault.DELAY]})


async def test_one_shard_is_slow(make_rig: MakeRig) -> None:
    """Half of the queries of one partition of the rankings are late; nothing else may suffer."""
    rng = random.Random(3)

    def late(operation: str, body: bytes) -> Fault | None:
        return Fault.DELAY if operation == "Query" and b"#shard03" in body and rng.random() < 0.5 else None

    async with make_rig() as rig:
        async with rig.under_load() as history:
            rig.proxy.inspect = late
            await asyncio.sleep(FAULT_SECONDS)
            async with asyncio.timeout(_ENOUGH_SECONDS):
                while rig.proxy.fired[Fault.DELAY] < _ENOUGH:  # noqa: ASYNC110 - clients do it
                    await asyncio.sleep(0.1)
            rig.proxy.heal()
            await asyncio.sleep(rig.proxy.delay_seconds)
        figures = await rig.check(within=REQUEST_SECONDS + SLACK_SECONDS)
        assert rig.proxy.fired[Fault.DELAY] > 0
        recorded = percentile(history.during(Kind.NEW), 0.9)
        assert recorded < rig.proxy.delay_seconds or history.was_busy
        rankings = percentile(history.during(Kind.RANKING), 0.9)
        shares = {"rankings_p90_ms": round(1000 * rankings), "purchases_p90_ms": round(1000 * recorded)}
        note("slow-shard", figures | shares | {"fired": rig.proxy.fired[Fault.DELAY]})
