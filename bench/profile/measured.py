"""Each work with the profiler off and on in turn, for one or two versions of the service on the canned database."""

import os
import tempfile
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median

from app.embedded import default_home, embedded_dynamodb
from app.settings import Environment, Settings
from bench.compare.cores import cores
from bench.compare.seeding import seed_all
from bench.compare.slices import Database, Slice, measure, once_each
from bench.compare.works import Work, asked, distinct
from bench.http_client import Connection, Unexpected
from bench.processes import child_environment, server
from bench.profile.accounting import Overhead, Stats, overhead, own_seconds, raw_seconds, seconds_by_part
from bench.profile.packages import Function, Part
from bench.profile.versions import Profiled, started

IN_FLIGHT = 8
_TABLES = {"FACTS_TABLE": "ProfileFacts", "VIEWS_TABLE": "ProfileViews"}
_WARM_UP_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Plan:
    """`versions`: for each name the folder with its `app`; `seconds` of each slice."""

    versions: Mapping[str, Path]
    rounds: int
    seconds: float


@dataclass(slots=True)
class Profile:
    """Of one work of one version, a figure for each round: CPU microseconds of a request with the profiler off, what
    the parts add up to before they are made equal to it, and the parts."""

    cpu: list[float] = field(default_factory=list)
    accounted: list[float] = field(default_factory=list)
    parts: dict[Part, list[float]] = field(default_factory=lambda: defaultdict(list))
    functions: dict[Function, float] = field(default_factory=lambda: defaultdict(float))
    """CPU microseconds of a request, the sum over the rounds."""

    def add(self, off: Slice, on: Slice, stats: Stats, cost: Overhead) -> None:
        """One round. What was spent outside of any function is the event loop's and the sockets'."""
        if off.cpu_seconds is None or on.cpu_seconds is None:
            raise Unexpected("the CPU time of another process cannot be read here")
        own = own_seconds(stats, cost)
        seconds = seconds_by_part(stats, own)
        seconds[Part.SERVER] = seconds.get(Part.SERVER, 0.0) + max(on.cpu_seconds - raw_seconds(stats), 0.0)
        cpu, accounted = 1e6 * off.cpu_seconds / off.done, 1e6 * sum(seconds.values()) / on.done
        self.cpu.append(cpu)
        self.accounted.append(accounted)
        scale = 1e6 / on.done * cpu / accounted
        for part in Part:
            self.parts[part].append(seconds.get(part, 0.0) * scale)
        for function, spent in own.items():
            self.functions[function] += spent * scale

    def dearest(self, count: int) -> list[tuple[Function, float]]:
        """Functions and their own microseconds of a request, the mean over the rounds."""
        most = sorted(self.functions.items(), key=lambda one: -one[1])[:count]
        return [(function, spent / len(self.cpu)) for function, spent in most]

    def median_of(self, part: Part) -> float:
        """Microseconds of a request."""
        return median(self.parts[part])


Profiles = dict[str, dict[Work, Profile]]


async def measured_profiles(plan: Plan, say: Callable[[str], None]) -> Profiles:
    """By version and work. Starts a DynamoDB Local and fills it. Raises EmbeddedError, Unexpected, TimeoutError."""
    day = datetime.now(UTC).date()
    async with AsyncExitStack() as stack:
        endpoint = await stack.enter_async_context(embedded_dynamodb(home=default_home(os.environ), data=None))
        os.environ.update(child_environment(endpoint.url) | _TABLES | {"PROJECTOR": "outside"})
        say("putting purchases into the tables")
        await seed_all(Settings(environment=Environment.LOCAL), list(plan.versions), day)
        canned = await stack.enter_async_context(
            server(["-m", "bench.canned", "--upstream", endpoint.url], {**os.environ})
        )
        counting = await Connection.open(canned.url)
        stack.callback(counting.close)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        environment = {**os.environ, "AWS_ENDPOINT_URL_DYNAMODB": canned.url, "OWN_WRITES_SECONDS": "0"}
        running = {
            name: await stack.enter_async_context(started(tree, environment, folder / name))
            for name, tree in plan.versions.items()
        }
        apart = cores()
        apart.keep_servers(one.service.pid for one in running.values())
        apart.keep_others({os.getpid(), endpoint.pid, canned.pid})
        stack.callback(apart.release, {os.getpid()})
        return await _Rounds(running, Database(canned.pid, counting), plan.seconds, day).run(plan.rounds, say)


@dataclass(frozen=True, slots=True)
class _Rounds:
    running: Mapping[str, Profiled]
    database: Database
    seconds: float
    day: date

    async def run(self, rounds: int, say: Callable[[str], None]) -> Profiles:
        say("warming up")
        for name, one in self.running.items():
            for work in Work:
                async with _connected(one, 1) as (connection,):
                    await once_each(connection, asked(work, name, "first", self.day), distinct(work))
                await self._slice(name, work, "warm", _WARM_UP_SECONDS, counted=False)
        profiles: Profiles = {name: defaultdict(Profile) for name in self.running}
        cost = overhead()
        for number in range(1, rounds + 1):
            say(f"round {number} of {rounds}")
            for work in Work:
                for name in self.running:
                    await self._measure(profiles[name][work], name, work, f"round{number}", cost)
        return profiles

    async def _measure(self, profile: Profile, name: str, work: Work, what: str, cost: Overhead) -> None:
        off = await self._slice(name, work, f"{what}off", self.seconds)
        self.running[name].begin()
        on = await self._slice(name, work, f"{what}on", self.seconds)
        profile.add(off, on, await self.running[name].end(), cost)

    async def _slice(self, name: str, work: Work, what: str, seconds: float, *, counted: bool = True) -> Slice:
        """What is not `counted` may ask the real database: the canned one is still learning."""
        one = self.running[name]
        database = self.database if counted else replace(self.database, counting=None)
        async with _connected(one, IN_FLIGHT) as connections:
            return await measure(one.service, database, connections, asked(work, name, what, self.day), seconds)


@asynccontextmanager
async def _connected(one: Profiled, count: int) -> AsyncIterator[Sequence[Connection]]:
    connections = [await Connection.open(one.service.url) for _ in range(count)]
    try:
        yield connections
    finally:
        for connection in connections:
            connection.close()
