"""`kickbacks verify`: everything against everything, and what to do about what differs."""

import asyncio
import json
import logging
import re
import sys
from dataclasses import asdict
from typing import Annotated

import typer

from app.bootstrap.maintenance import open_maintenance
from app.cli.output import err, fail, out
from app.logs import configure_logs
from app.maintenance.verifying.repairs import repair_plan
from app.maintenance.verifying.run import Report
from app.maintenance.verifying.run import verify as run
from app.ports.errors import StoreError
from app.settings import Settings

DIFFERENCES = 1
UNCHECKED = 2
_SEAL = re.compile(r"([1-9][0-9]{0,9}):([0-9a-f]{64})")


def verify(
    passes: Annotated[
        int, typer.Option(min=1, max=1000, help="Read everything so many times, with so much less of it in memory")
    ] = 1,
    seal: Annotated[
        list[str] | None,
        typer.Option(help="NUMBER:HASH of a seal of the audit trail, as kickbacks seal printed it; may be repeated"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object")] = False,
) -> None:
    """Check ledger, guards, purchases, views and the audit trail. Exit 0: clean, 1: differences, 2: not checked."""
    settings = Settings()
    configure_logs(logging.WARNING, to=sys.stderr)
    try:
        report = asyncio.run(_verify(settings, passes, anchors_of(seal or [])))
    except StoreError as error:
        fail(f"Could not check: {error}", code=UNCHECKED)
    if as_json:
        typer.echo(json.dumps({**asdict(report), "repairs": repair_plan(report.differences)}, ensure_ascii=False))
    else:
        _print(report)
    if code := exit_code(report):
        raise typer.Exit(code)


def anchors_of(seals: list[str]) -> dict[int, str]:
    """`12:9f86...` by number. Raises BadParameter."""
    anchors = {}
    for one in seals:
        found = _SEAL.fullmatch(one)
        if found is None:
            raise typer.BadParameter("must be NUMBER:HASH", param_hint="--seal")
        anchors[int(found[1])] = found[2]
    return anchors


async def _verify(settings: Settings, passes: int, anchors: dict[int, str]) -> Report:
    async with open_maintenance(settings, passes=passes, anchors=anchors) as maintenance:
        return await run(maintenance.verifying)


def exit_code(report: Report) -> int:
    """A difference says more than what was left unchecked."""
    if report.differences:
        return DIFFERENCES
    return UNCHECKED if report.unchecked else 0


def _print(report: Report) -> None:
    for one in report.differences:
        out.print(
            f"{one.kind} {one.key}: expected {one.expected or 'nothing'}, found {one.found or 'nothing'}", markup=False
        )
    for line in report.warnings:
        err.print(f"Note: {line}", markup=False)
    for line in report.unchecked:
        err.print(f"Could not check {line}", style="red", markup=False)
    if report.audit_rows:
        unsealed = report.unsealed_audit_rows
        err.print(f"{report.audit_rows} rows of the audit trail read, {unsealed} of them not sealed yet.")
    err.print(f"{report.facts} facts and {report.rows} view rows read, {len(report.differences)} differences.")
    for line in repair_plan(report.differences):
        err.print(line, markup=False)
