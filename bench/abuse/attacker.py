"""The attacker's process: `python -m bench.abuse.attacker --port N --requests N --seconds S` prints what came of it."""

import argparse
import asyncio
import os
import sys
from collections import Counter
from itertools import cycle

import msgspec

from bench.abuse.attacking import attack_once
from bench.abuse.attacks import attacks

TOKEN = "ABUSE_TOKEN"  # noqa: S105 - the name of a variable
"""The variable of the environment with the token of those attackers that have one."""

Outcomes = dict[str, dict[str, int]]
"""By the attack's name: how often it ended how."""

READY = "ready"
"""The line that is printed when the attacks begin."""

# The attacks' own work shall slow down the client that is measured on the same core as little as may be.
_NICE = 5
_MOST_AT_ONCE = 4_000
LINGER_SECONDS = 60.0
"""What has not been ended by the service so long after the last attack never will be."""


async def attack(port: int, token: str, requests: int, seconds: float) -> Outcomes:
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
    async with asyncio.TaskGroup() as group:
        for number in range(requests):
            await asyncio.sleep(max(0.0, started + seconds * number / requests - loop.time()))
            group.create_task(one(number))
    return {name: dict(ended) for name, ended in outcomes.items()}


def main() -> None:
    """The outcomes as JSON on standard output."""
    parser = argparse.ArgumentParser(prog="python -m bench.abuse.attacker", description="Attack a service here.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--requests", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    options = parser.parse_args()
    os.nice(_NICE)
    print(READY, flush=True)
    outcomes = asyncio.run(attack(options.port, os.environ[TOKEN], options.requests, options.seconds))
    sys.stdout.buffer.write(msgspec.json.encode(outcomes))


if __name__ == "__main__":
    main()
