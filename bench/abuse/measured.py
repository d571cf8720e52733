"""The rounds: a quiet time and one under attack, again and again, against one service."""

import asyncio
import os
import sys
import tempfile
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from app.cli.token import development_token
from app.domain.access import Scope
from app.settings import Environment, Settings
from bench.abuse.attacker import LINGER_SECONDS, TOKEN, Attacked
from bench.abuse.honest import Asked, asked, measure
from bench.abuse.taken import Taken, taken_by
from bench.compare.cores import cores
from bench.http_client import Unexpected
from bench.processes import Service, child_environment, server, service

CLIENT = "honest"
ATTACKER = "attacker"
_MINUTES = 24 * 60
_WARM_UP_SECONDS = 3.0
_GRACE_SECONDS = 30.0
# As in production, where nothing of it has to be said; the honest client is one that is known to ask much.
_LIMITS = {
    "ACCESS": "tokens",
    "CALLER_RATE": "50",
    "CALLER_RATES_OF": f'{{"{CLIENT}": 2000}}',
    "ADDRESS_RATE": "200",
    "ADDRESS_CONNECTIONS": "200",
}


@dataclass(frozen=True, slots=True)
class Plan:
    """How much: `requests` attacks in all, spread evenly over the rounds; `seconds` of each half of a round."""

    requests: int
    rounds: int
    seconds: float
    per_second: int


@dataclass(frozen=True, slots=True)
class Round:
    """The honest client's times in seconds, and what came of the attacks."""

    quiet: Sequence[float]
    attacked: Sequence[float]
    attacks: Attacked


@dataclass(frozen=True, slots=True)
class Measured:
    """All rounds; what the service held before, and at most while it was attacked; whether it had a core of its own."""

    rounds: Sequence[Round]
    before: Taken
    most: Taken
    pinned: bool


async def measure_all(plan: Plan, say: Callable[[str], None]) -> Measured:
    """Starts a service, and a database in which nothing is and that answers at once: a real one would have the service
    wait, and its own moods would hide what is measured. Raises Unexpected, TimeoutError."""
    apart = cores()
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(server(["-m", "bench.memory.empty"], dict(os.environ)))
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        environment = child_environment(database.url) | _LIMITS
        key = directory / "key.pem"
        environment |= {"LOCAL_TOKEN_KEY": str(key), "PROJECTOR": "outside"}
        requests, attackers_token = asked(CLIENT, _token(key, CLIENT)), _token(key, ATTACKER)
        one = await stack.enter_async_context(service(environment))
        apart.keep_servers([one.pid])
        apart.keep_others({os.getpid(), database.pid})
        stack.callback(apart.release, {os.getpid()})
        say("warming up")
        await measure(one.url, requests, per_second=plan.per_second, seconds=_WARM_UP_SECONDS)
        before = taken_by(one.pid)
        most = [before]
        rounds = []
        for number in range(1, plan.rounds + 1):
            say(f"round {number} of {plan.rounds}")
            rounds.append(await _round(one, requests, attackers_token, plan, most))
        return Measured(rounds, before, Taken.most_of(most), apart.pinned)


async def _round(one: Service, requests: Iterator[Asked], attackers_token: str, plan: Plan, most: list[Taken]) -> Round:
    quiet = await measure(one.url, requests, per_second=plan.per_second, seconds=plan.seconds)
    async with _attacked(one, attackers_token, plan) as said:
        attacked = await measure(one.url, requests, per_second=plan.per_second, seconds=plan.seconds)
        most.append(taken_by(one.pid))
    (attacks,) = said
    return Round(quiet, attacked, attacks)


@asynccontextmanager
async def _attacked(one: Service, token: str, plan: Plan) -> AsyncIterator[list[Attacked]]:
    """Holds one when it is over."""
    amount = ["--requests", str(plan.requests // plan.rounds), "--seconds", str(plan.seconds)]
    command = ["-m", "bench.abuse.attacker", "--port", str(urlsplit(one.url).port), *amount]
    environment = {**os.environ, TOKEN: token}
    process = await asyncio.create_subprocess_exec(sys.executable, *command, env=environment, stdout=PIPE)
    ended: list[Attacked] = []
    try:
        async with asyncio.timeout(_GRACE_SECONDS):
            await process.stdout.readline()  # type: ignore[union-attr]  # a pipe was asked for
        yield ended
        async with asyncio.timeout(plan.seconds + LINGER_SECONDS + _GRACE_SECONDS):
            said, _ = await process.communicate()
        if process.returncode != 0:
            raise Unexpected("the attacker did not end well")
        ended.append(msgspec.json.decode(said, type=Attacked))
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def _token(key: Path, client: str) -> str:
    """Of a program that may record and read everything."""
    settings = Settings(environment=Environment.LOCAL, local_token_key=key)
    return development_token(settings, client, [Scope.RECORD, Scope.ADMIN], is_user=False, minutes=_MINUTES)
