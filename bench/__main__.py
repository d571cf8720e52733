"""`python -m bench`: starts a DynamoDB Local and the service, measures, prints one table, stops both."""

import argparse
import asyncio
import os
import signal
import sys
from contextlib import AsyncExitStack

import msgspec
from rich.console import Console

from app.embedded import EmbeddedError, default_home, embedded_dynamodb
from app.server import run
from app.settings import Environment, Settings
from bench.http_client import Unexpected
from bench.measuring import IN_FLIGHT, Bench, Results
from bench.options import parse_options
from bench.processes import bare_side, child_environment, service
from bench.report import document, table


def main() -> None:
    """Exit code 0 when everything was measured, 1 when not."""
    options = parse_options(sys.argv[1:])
    settings = Settings(environment=Environment.LOCAL)
    err = Console(stderr=True, highlight=False)
    try:
        results = run(_measured(options, settings, err))
    except (EmbeddedError, Unexpected, TimeoutError) as error:
        err.print(f"{type(error).__name__}: {error}", style="red", markup=False)
        sys.exit(1)
    except asyncio.CancelledError:
        sys.exit(128 + signal.SIGTERM)
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
    Console(highlight=False).print(table(results, seconds=options.seconds, rounds=options.rounds))
    if options.json is not None:
        asked = {
            "seconds": options.seconds,
            "rounds": options.rounds,
            "purchases": options.purchases,
            "inFlight": IN_FLIGHT,
        }
        groups = {"batchGroup": settings.batch_group, "batchConcurrency": settings.batch_concurrency}
        written = msgspec.json.format(msgspec.json.encode(document(results, {**asked, **groups})))
        options.json.write_bytes(written + b"\n")


async def _measured(options: argparse.Namespace, settings: Settings, err: Console) -> Results:
    task = asyncio.current_task()
    if task is not None:  # so that a polite stop also stops the processes
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    async with AsyncExitStack() as stack:
        endpoint = await stack.enter_async_context(embedded_dynamodb(home=default_home(os.environ), data=None))
        environment = child_environment(endpoint.url)
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
