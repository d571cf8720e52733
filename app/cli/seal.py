"""`kickbacks seal`: the audit trail, sealed up to a few minutes ago."""

import asyncio
import json
import logging
import sys
from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer

from app.bootstrap.sealing import open_sealing
from app.cli.output import err, fail, out
from app.domain.audit_seals import Seal
from app.domain.periods import check_instant_range, parse_instant
from app.logs import configure_logs
from app.maintenance.sealing import Sealed, Sealing, seal_trail
from app.ports.audit import UnreadableRow
from app.ports.errors import StoreError
from app.settings import Settings


def seal(
    since: Annotated[
        str | None,
        typer.Option("--from", help="Where the first seal begins, YYYY-MM-DDThh:mm:ss and an offset; a week ago"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object")] = False,
) -> None:
    """Seal the audit trail: its rows since the last seal cannot be changed any more without being found.

    Run it every few minutes; twice is once. Keep what it prints somewhere else: whoever can remove seals from the
    table could also begin the chain anew, but not with the same hash. kickbacks verify --seal NUMBER:HASH asks for it.
    """
    settings = Settings()
    configure_logs(logging.WARNING, to=sys.stderr)
    try:
        sealed = asyncio.run(_seal(settings, since))
    except (StoreError, UnreadableRow) as error:
        fail(f"Not sealed: {error}. Run it again.")
    if as_json:
        typer.echo(json.dumps({"written": sealed.written, "seal": asdict(sealed.seal) if sealed.seal else None}))
    elif sealed.seal is None:
        err.print("Nothing is old enough to be sealed.")
    else:
        out.print(told(sealed.seal), markup=False)
        if not sealed.written:
            err.print("Nothing to seal since.")


async def _seal(settings: Settings, since: str | None) -> Sealed:
    async with open_sealing(settings) as job:
        return await seal_trail(job, since=_since(since, job))


def _since(text: str | None, job: Sealing) -> datetime | None:
    try:
        return check_instant_range(parse_instant(text), now=job.now()) if text is not None else None
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--from") from None


def told(one: Seal) -> str:
    """`12:9f86...  34 rows until 2026-11-22T13:00:00.000000Z`: number and hash as `verify --seal` takes them."""
    return f"{one.number}:{one.hash}  {one.count} rows until {one.until}"
