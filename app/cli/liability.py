"""`kickbacks liability`: what is owed to customers, by when it was earned and when it expires."""

import asyncio
import json
import logging
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from app.api.instants import checked_instant
from app.bootstrap.scanning import open_facts
from app.cli.output import err, fail, out
from app.domain.breakage import RULE, expected_breakage
from app.domain.kickbacks import KickbackType
from app.domain.liability import Liability
from app.domain.periods import utc_text
from app.logs import configure_logs
from app.maintenance.liability import LiabilityReport, liability_report
from app.ports.errors import StoreError
from app.settings import Settings

NOT_WHOLE = (
    "Lots and postings do not agree, or entries are missing or cannot be read: see kickbacks verify. "
    "Entries that were written meanwhile are no fault: run it again."
)


def liability(
    at: Annotated[
        str | None, typer.Option(help="What had happened by this instant, YYYY-MM-DDThh:mm:ss and an offset")
    ] = None,
    passes: Annotated[
        int, typer.Option(min=1, max=1000, help="Read everything so many times, with so much less of it in memory")
    ] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object")] = False,
) -> None:
    """Tell what is outstanding, by month earned and month of expiry, and what of it will probably expire."""
    try:
        moment = checked_instant(at) if at is not None else datetime.now(UTC)
    except ValueError as error:
        raise typer.BadParameter(f"--at {error}") from None
    settings = Settings()
    configure_logs(logging.WARNING, to=sys.stderr)
    try:
        report = asyncio.run(_report(settings, utc_text(moment), passes))
    except StoreError as error:
        fail(f"Not done: {error}")
    if as_json:
        typer.echo(json.dumps(document_of(report), ensure_ascii=False))
    else:
        for line in lines_of(report):
            out.print(line, markup=False)
    for key in report.unreadable:
        err.print(f"Cannot be read: {key}", markup=False)
    if report.unreadable or report.incomplete or not report.agrees:
        fail(NOT_WHOLE)


async def _report(settings: Settings, at: str, passes: int) -> LiabilityReport:
    async with open_facts(settings) as facts:
        return await liability_report(facts, at, settings.zone, passes=passes)


def document_of(report: LiabilityReport) -> dict[str, Any]:
    """As JSON. Types without entries are there with zeros."""
    return {
        "at": report.at,
        "accounts": report.accounts,
        "entries": report.entries,
        "incompleteAccounts": report.incomplete,
        "unreadable": report.unreadable,
        "agrees": report.agrees,
        "breakageRule": RULE,
        "types": [_type_document(kind, one) for kind, one in report.types.items()],
    }


def _type_document(kind: KickbackType, one: Liability) -> dict[str, Any]:
    return {
        "type": kind.value,
        "total": one.total,
        "outstanding": one.outstanding,
        "owed": one.owed,
        "overdue": one.overdue,
        "byMonthEarned": _months(one.earned),
        "byMonthOfExpiry": _months(one.expiring),
        "expectedBreakage": expected_breakage(one.can_expire, one.over),
        "lotsOver": {"lots": one.over.lots, "earned": one.over.earned, "expired": one.over.expired},
    }


def _months(sums: Mapping[str, int]) -> list[dict[str, Any]]:
    return [{"month": month, "amount": sums[month]} for month in sorted(sums)]  # letters sort behind digits


def lines_of(report: LiabilityReport) -> Iterator[str]:
    """As text. Types without entries are left out."""
    yield f"At {report.at}: {report.accounts} accounts, {report.entries} entries."
    for kind, one in report.types.items():
        if one == Liability():
            continue
        breakage = expected_breakage(one.can_expire, one.over)
        yield f"{kind.value}: {one.total:,} = {one.outstanding:,} in lots - {one.owed:,} owed by customers"
        yield from (f"  earned in {month}: {one.earned[month]:,}" for month in sorted(one.earned))
        yield from (f"  expiring in {month}: {one.expiring[month]:,}" for month in sorted(one.expiring))
        if one.overdue:
            yield f"  over, and not booked as expired yet: {one.overdue:,}"
        yield f"  expected breakage: {'unknown' if breakage is None else f'{breakage:,}'} of {one.can_expire:,}"
    yield f"Expected breakage: {RULE}"
