"""The attacker's process: `python -m bench.abuse.attacker --port N --requests N --seconds S` prints what came of it."""

import argparse
import asyncio
import os
import sys
from collections import Counter
from dataclasses import dataclass
from itertools import cycle

import msgspec

from bench.abuse.attacking import attack_once
from bench.abuse.attacks import attacks

TOKEN = "ABUSE_TOKEN"  # noqa: S105 - the name of a variable
"""The variable of the environment with the token of those attackers that have one."""

Outcomes = dict[str, dict[str, int]]
"""By the attack's name: how often it ended how."""


@dataclass(frozen=True, slots=True)
class Attacked:
    """What came of them, and by how many seconds at most one was begun later than it was due: an attacker that is too
    busy attacks less than it says."""

    outcomes: Outcomes
    late_seconds: float


READY = "ready"
"""The line that is printed when the attacks begin."""

_NICE = 19
_MOST_AT_ONCE = 4_000
LINGER_SECONDS = 60.0
"""What has not been ended by the service so long after the last attack never will be."""


async def attack(port: int, token: str, requests: int, seconds: float) -> Attacked:
    """So many, begun evenly over the time, and each until the service ends it. The token is good."""
    loop = asyncio.get_running_loop()
    started = loop.time()
    outcomes: dict[str, Counter[str]] = {}
    slots = asyncio.Semaphore(_MOST_AT_ONCE)

    async def one(number: int) -> None:
        attack = next(in_turn)
        async with slots:
            outcome = await attack_once(attack, number, "127.0.0.1", port, started + seconds + LINGER_SECONDS)
        outcomes.setdefault(attack.name, Counter())[outcome] += 1

    in_turn = cycle(attacks(token))
    late_seconds = 0.0
    async with asyncio.TaskGroup() as group:
        for number in range(requests):
            due = started + seconds * number / requests
            await asyncio.sleep(max(0.0, due - loop.time()))
            late_seconds = max(late_seconds, loop.time() - due)
            group.create_task(one(number))
    return Attacked({name: dict(ended) for name, ended in outcomes.items()}, late_seconds)


def _give_way() -> None:
    """The attacks' own work uses a core only while nobody else wants it: attackers have machines of their own, and what
    they cost the honest client by sharing its core is not the service's doing."""
    os.nice(_NICE)
    if sys.platform == "linux":
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


def main() -> None:
    """The outcomes as JSON on standard output."""
    parser = argparse.ArgumentParser(prog="python -m bench.abuse.attacker", description="Attack a service here.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--requests", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    options = parser.parse_args()
    _give_way()
    print(READY, flush=True)
    attacked = asyncio.run(attack(options.port, os.environ[TOKEN], options.requests, options.seconds))
    sys.stdout.buffer.write(msgspec.json.encode(attacked))


if __name__ == "__main__":
    main()
