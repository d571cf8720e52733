"""The most there can be, then a share of it for minutes, and what the service holds meanwhile."""

import asyncio
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.http_client import Unexpected
from bench.loaded_service import Database, loaded_service
from bench.open_loop import OpenLoop
from bench.soak.inside import FILE
from bench.soak.verdicts import Soak
from bench.soak.watching import Moment, Watcher, watching

INSIDE = "bench.soak.inside"
_MOST_CONNECTIONS = 1_000
_MIB = 1024 * 1024
_MOMENTS = 30
_REST_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Plan:
    """`share` is the percentage of the most there can be that is sent for `seconds`."""

    database: Database
    share: int
    seconds: int

    @property
    def calibration_seconds(self) -> float:
        """Of finding the most there can be, and as long before to warm up."""
        return min(10.0, self.seconds / 4)

    @property
    def look_seconds(self) -> float:
        """From one look to the next."""
        return self.seconds / _MOMENTS


async def measure_soak(plan: Plan, say: Callable[[str], None]) -> Soak:
    """Raises EmbeddedError, Unexpected, TimeoutError."""

    def told(one: Moment) -> None:
        say(
            f"{one.seconds:4.0f} s: {one.answered:,} answered, {one.memory_bytes / _MIB:.1f} MiB, {one.descriptors} "
            f"descriptors, {one.held.tasks} tasks, {one.held.objects:,} objects"
        )

    with tempfile.NamedTemporaryFile() as file:
        async with loaded_service(plan.database, {FILE: file.name}, program=INSIDE) as loaded:
            say("warming up")
            await loaded.most_per_second(plan.calibration_seconds)
            say("finding the most there can be")
            most = await loaded.most_per_second(plan.calibration_seconds)
            per_second = most * plan.share / 100
            say(f"{per_second:,.0f} a second for {plan.seconds} s")
            watcher = Watcher(loaded.service.pid, Path(file.name))
            before = await _at_rest(watcher)
            async with OpenLoop(loaded.service.url, loaded.requests, most_connections=_MOST_CONNECTIONS) as load:
                async with watching(watcher, plan.look_seconds, lambda: len(load.answers), told) as moments:
                    await load.send(per_second, plan.seconds)
                answers = await load.finish()
                if load.unsent:
                    raise Unexpected(f"{load.unsent:,} requests were not sent: the service is too slow for them")
            after = await _at_rest(watcher)
    return Soak(most, per_second, before, moments, after, Counter(one.status for one in answers))


async def _at_rest(watcher: Watcher) -> Moment:
    """When the service has noticed that everybody is gone."""
    await asyncio.sleep(_REST_SECONDS)
    return await watcher.look(0.0, 0, at_rest=True)
