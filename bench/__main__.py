"""`python -m bench`: starts a DynamoDB Local and the service, measures, prints one table, stops both.

`python -m bench compare` measures the service beside other ways to write it, `python -m bench views` the views,
`python -m bench ledger` the ledger, `python -m bench growth` what grows with what, `python -m bench memory` the memory
that a very long batch takes, `python -m bench abuse` what attacks do to an honest client, `python -m bench soak` what
minutes of much work leave behind, `python -m bench spike` what ten times as many requests as usual do.
"""

import argparse
import os
import sys
from contextlib import AsyncExitStack

from rich.console import Console

from app.embedded import default_home, embedded_dynamodb
from app.settings import Environment, Settings
from bench.abuse.program import abuse
from bench.compare.program import compare
from bench.growth.program import growth
from bench.ledger.program import ledger
from bench.measuring import IN_FLIGHT, Bench, Results
from bench.memory.program import memory
from bench.options import parse_options
from bench.processes import bare_side, child_environment, service
from bench.profile.program import profile
from bench.program import measured, write_json
from bench.report import document, table
from bench.soak.program import soak
from bench.spike.program import spike
from bench.views.program import views


def main() -> None:
    """Exit code 0 when everything was measured, 1 when not."""
    parts = {
        "compare": compare,
        "views": views,
        "ledger": ledger,
        "growth": growth,
        "memory": memory,
        "profile": profile,
        "abuse": abuse,
        "soak": soak,
        "spike": spike,
    }
    part = parts.get("".join(sys.argv[1:2]))
    if part is None:
        requests(sys.argv[1:])
    else:
        part(sys.argv[2:])


def requests(arguments: list[str]) -> None:
    """The service's requests beside bare calls."""
    options = parse_options(arguments)
    settings = Settings(environment=Environment.LOCAL)
    err = Console(stderr=True, highlight=False)
    results = measured(_measured(options, settings, err), err)
    Console(highlight=False).print(table(results, seconds=options.seconds, rounds=options.rounds))
    asked = {
        "seconds": options.seconds,
        "rounds": options.rounds,
        "purchases": options.purchases,
        "inFlight": IN_FLIGHT,
    }
    groups = {"batchGroup": settings.batch_group, "batchConcurrency": settings.batch_concurrency}
    write_json(options.json, document(results, {**asked, **groups}))


async def _measured(options: argparse.Namespace, settings: Settings, err: Console) -> Results:
    async with AsyncExitStack() as stack:
        endpoint = await stack.enter_async_context(embedded_dynamodb(home=default_home(os.environ), data=None))
        # The projector is measured by itself: beside the requests it would take of the same CPUs.
        environment = child_environment(endpoint.url) | {"PROJECTOR": "outside"}
        bench = Bench(
            service=await stack.enter_async_context(service(environment)),
            bare=await stack.enter_async_context(bare_side(environment)),
            database_url=endpoint.url,
            batch_in_flight=settings.batch_concurrency,
            seconds=options.seconds,
            loaded=options.purchases,
        )
        return await bench.run(options.rounds, lambda what: err.print(f"{what} ...", style="dim"))


if __name__ == "__main__":
    main()
