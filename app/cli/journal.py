"""`kickbacks journal`: a month's journal as CSV, two lines for each ledger entry: what is debited, what is credited.

A file is either whole or not there. A text that a spreadsheet would take for a formula gets an apostrophe in front.
"""

import asyncio
import csv
import logging
import sys
from collections.abc import Iterator
from datetime import tzinfo
from pathlib import Path
from typing import Annotated, Any, TextIO

import typer

from app.bootstrap.scanning import open_facts
from app.cli.export_formats import guarded
from app.cli.files import opened
from app.cli.output import err, fail
from app.domain.decisions.following import instant_of
from app.domain.journal import CHART
from app.domain.ledger import LedgerEntry
from app.domain.periods import Period, add_months, parse_month, start_of_day
from app.logs import configure_logs
from app.maintenance.journal_export import JournalSums, month_entries
from app.ports.errors import StoreError
from app.settings import Settings

COLUMNS = (
    "effectiveAt",
    "userId",
    "type",
    "version",
    "kind",
    "accountCode",
    "accountName",
    "debit",
    "credit",
    "cause",
)
# Beyond these, zone arithmetic overflows.
_FIRST_YEAR, _LAST_YEAR = 1970, 9998


class Unbalanced(Exception):
    """The journal is not to be used: no file of it is left."""


def journal(
    month: Annotated[str, typer.Option(help="The month, YYYY-MM, in the business time zone")],
    output: Annotated[Path | None, typer.Option(dir_okay=False, help="Default: standard output")] = None,
    passes: Annotated[
        int, typer.Option(min=1, max=1000, help="Read everything so many times, with so much less of it in memory")
    ] = 1,
) -> None:
    """Write the journal of a month, in the order in which things happened. Exit 1 where it is not balanced."""
    period = _period(month)
    settings = Settings()
    configure_logs(logging.WARNING, to=sys.stderr)
    sums = JournalSums()
    try:
        with opened(output) as file:
            asyncio.run(_write(settings, period, passes, sums, file))
            if not sums.is_balanced:
                raise Unbalanced
    except StoreError as error:
        fail(f"Not done: {error}")
    except OSError as error:
        fail(f"{output or 'standard output'}: {error.strerror}")
    except Unbalanced:
        for line in told(sums):
            err.print(line, markup=False)
        fail("The journal is not balanced, or not whole: see kickbacks verify.")
    for line in told(sums):
        err.print(line, markup=False)


def _period(month: str) -> Period:
    try:
        period = parse_month(month)
    except ValueError as error:
        raise typer.BadParameter(f"--month {error}") from None
    if not _FIRST_YEAR <= period.first.year <= _LAST_YEAR:
        raise typer.BadParameter(f"--month must be in the years {_FIRST_YEAR} to {_LAST_YEAR}")
    return period


async def _write(settings: Settings, period: Period, passes: int, sums: JournalSums, file: TextIO) -> None:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    first = start_of_day(period.first, settings.zone)
    end = start_of_day(add_months(period.first, 1), settings.zone)
    async with open_facts(settings) as facts:
        async for entries in month_entries(facts, first, end, sums, passes=passes):
            for entry in entries:
                writer.writerows(rows_of(entry, settings.zone))


def rows_of(entry: LedgerEntry, zone: tzinfo) -> Iterator[list[Any]]:
    """The entry's lines."""
    at = instant_of(entry.effective_at).astimezone(zone).isoformat(timespec="microseconds")
    account = entry.account
    for one in entry.postings:
        code = CHART.get(one.account)
        cells = (at, account.user_id, account.kind.value, entry.version, entry.kind.value)
        booked = (one.account, code.name if code else None, one.debit, one.credit, entry.cause)
        yield [guarded(cell) for cell in (*cells, *booked)]


def told(sums: JournalSums) -> list[str]:
    """What a person is told."""
    lines = [f"{sums.entries} entries."]
    lines += [f"{kind.value}: debit {debit}, credit {credit}" for kind, (debit, credit) in sorted(sums.sums.items())]
    lines += [f"Not balanced: {one}" for one in sums.unbalanced]
    return lines + [f"Cannot be read: {key}" for key in sums.unreadable]
