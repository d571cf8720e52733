"""`kickbacks expire`: points whose time is over, booked. For every night; each entry is dated to its own instant."""

import asyncio
import json
import logging
import sys
from datetime import date, datetime
from typing import Annotated, Any

import typer

from app.bootstrap.expiring import open_expiring
from app.cli.output import fail, out
from app.domain.kickbacks import KickbackType
from app.domain.periods import check_instant_range, parse_date, parse_instant
from app.logs import configure_logs
from app.maintenance.expiring import Expired, Expiring
from app.maintenance.expiring import expire as run
from app.ports.errors import StoreError
from app.settings import Settings


def expire(
    until: Annotated[
        str | None, typer.Option(help="Book what was over at this instant, YYYY-MM-DDThh:mm:ss and an offset; now")
    ] = None,
    since: Annotated[
        str | None, typer.Option("--from", help="Begin at this day, YYYY-MM-DD, not at the first that is not done")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object")] = False,
) -> None:
    """Book the points, miles and cashback whose time is over. Twice is once. Exit 0: all done, 1: not all.

    Run it each night after midnight of the business time zone. Balances are right without it: what is over is never
    counted, and whatever happens to an account books it first.
    """
    settings = Settings()
    configure_logs(logging.WARNING, to=sys.stderr)
    try:
        done = asyncio.run(_expire(settings, until, since))
    except StoreError as error:
        fail(f"Not done: {error}. What was booked stays; run it again.")
    if as_json:
        typer.echo(json.dumps(document(done)))
    else:
        out.print(told(done), markup=False)
    if done.failed:
        fail(f"{done.failed} accounts could not be done: {done.reason}. Run it again.")


async def _expire(settings: Settings, until: str | None, since: str | None) -> Expired:
    async with open_expiring(settings) as job:
        return await run(job, until=_until(until, job), since=_since(since))


def _until(text: str | None, job: Expiring) -> datetime | None:
    if text is None:
        return None
    now = job.posting.now()
    try:
        until = check_instant_range(parse_instant(text), now=now)
        if until > now:
            raise ValueError("must not be later than now: what is not over yet must not go")
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--until") from None
    return until


def _since(text: str | None) -> date | None:
    try:
        return parse_date(text) if text is not None else None
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--from") from None


def told(done: Expired) -> str:
    """What a person is told."""
    amounts = ", ".join(f"{done.amounts[kind]} {kind.value}" for kind in KickbackType if kind in done.amounts)
    return (
        f"{done.first} to {done.last}: {done.accounts} accounts looked at, {done.entries} entries booked, "
        f"{amounts or 'nothing'} expired."
    )


def document(done: Expired) -> dict[str, Any]:
    """What a program is told. `doneThrough`: up to this day nothing is left to be booked."""
    return {
        "from": done.first.isoformat(),
        "through": done.last.isoformat(),
        "accounts": done.accounts,
        "entries": done.entries,
        "expired": {kind.value: done.amounts.get(kind, 0) for kind in KickbackType},
        "failed": done.failed,
        "doneThrough": done.done.isoformat() if done.done else None,
    }
