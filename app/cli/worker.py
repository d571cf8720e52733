"""`kickbacks worker`: the projector as a process of its own."""

import asyncio
import signal

from app.bootstrap import run_projector
from app.cli.output import fail
from app.logs import configure_logs
from app.ports.errors import StoreError
from app.server import run
from app.settings import Settings
from app.telemetry import LOG_LINES_LOST


def worker() -> None:
    """Keep the views up to date from the table's stream, until SIGTERM or Ctrl-C."""
    settings = Settings()
    configure_logs(lost=LOG_LINES_LOST.inc)
    try:
        run(_work(settings))
    except StoreError as error:
        fail(f"the views cannot be kept up to date: {error}")


async def _work(settings: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await run_projector(settings, stop)
