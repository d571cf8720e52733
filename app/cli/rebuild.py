"""`kickbacks rebuild`: all views again from the facts, beside the ones that answer until the new ones are whole."""

import asyncio
import logging
import sys
from typing import Annotated

import typer

from app.bootstrap.maintenance import open_maintenance
from app.cli.output import fail, out
from app.logs import configure_logs
from app.maintenance.rebuild import Rebuilt, make_generation
from app.ports.errors import StoreError
from app.settings import Settings

DROPPED = (
    "RETENTION_DAYS is set: purchases that storage has dropped since are counted in the views but are no longer in the "
    "facts, so new views would not have them. To make views of what is left: kickbacks rebuild --without-dropped"
)


def rebuild(
    without_dropped: Annotated[
        bool, typer.Option("--without-dropped", help="Although purchases that retention has dropped will not count")
    ] = False,
) -> None:
    """Make all views again from the purchases; the service goes on answering from the old ones meanwhile."""
    settings = Settings()
    configure_logs(logging.WARNING, to=sys.stderr)
    try:
        done = asyncio.run(_rebuild(settings, without_dropped=without_dropped))
    except StoreError as error:
        fail(f"Not done, and nothing has changed: {error}. What was begun is removed by the next rebuild.")
    for line in told(done):
        out.print(line, markup=False)
    if not done.promoted:
        raise typer.Exit(1)


async def _rebuild(settings: Settings, *, without_dropped: bool) -> Rebuilt:
    async with open_maintenance(settings) as maintenance:
        rebuilding = maintenance.rebuilding
        if settings.retention_days and not without_dropped and (await rebuilding.projection.state()).generation:
            fail(DROPPED)
        return await make_generation(rebuilding)


def told(done: Rebuilt) -> list[str]:
    """What a person is told."""
    lines = [
        f"Generation {done.number}: {done.purchases} purchases and {done.entries} ledger entries in {done.rows} rows, "
        f"{done.seconds:.1f} s.",
        f"{done.removed} items of other generations removed.",
    ]
    if done.unreadable:
        lines.append(f"{done.unreadable} of them cannot be read and are not counted: see kickbacks verify.")
    if not done.promoted:
        lines.append("Another rebuild was faster: its views answer now, these are removed.")
    return lines
