"""`kickbacks export`: a user's, a category's or a card's purchases as a file.

A file is either whole or not there: it gets its name when its last line is written. In CSV, a text that a
spreadsheet would take for a formula gets an apostrophe in front; JSON Lines hold everything as it is.
"""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Annotated, TextIO
from urllib.parse import quote

import typer

from app.cli.api_client import UrlInvalid, open_client
from app.cli.batch import Patience
from app.cli.export_formats import HEADERS, LINES, Format
from app.cli.files import opened
from app.cli.output import err, fail
from app.cli.pages import ListRefused, walk


def export(
    user: Annotated[str | None, typer.Option(help="Purchases of this user")] = None,
    category: Annotated[str | None, typer.Option(help="... or in this category")] = None,
    card: Annotated[str | None, typer.Option(help="... or with this card")] = None,
    first: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day, included")] = None,
    last: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day, included")] = None,
    form: Annotated[Format, typer.Option("--format")] = Format.CSV,
    output: Annotated[Path | None, typer.Option(dir_okay=False, help="Default: standard output")] = None,
    url: Annotated[str, typer.Option(help="Where the service is")] = "http://127.0.0.1:8080",
) -> None:
    """Write purchases to a file, newest first."""
    path = _path(user, category, card)
    days = {"from": first, "to": last}
    parameters = {name: _day(day) for name, day in days.items() if day is not None}
    try:
        with opened(output) as file:
            count = asyncio.run(_export(url, path, parameters, form, file))
    except (UrlInvalid, ListRefused) as error:
        fail(str(error))
    except OSError as error:
        fail(f"{output or 'standard output'}: {error.strerror}")
    err.print(f"{count} purchases written.")


def _path(user: str | None, category: str | None, card: str | None) -> str:
    chosen = [
        path
        for path, value in (
            (f"/users/{quote(user or '', safe='')}/kickbacks", user),
            (f"/categories/{quote(category or '', safe='')}/transactions", category),
            (f"/cards/{quote(card or '', safe='')}/transactions", card),
        )
        if value is not None
    ]
    if len(chosen) != 1:
        raise typer.BadParameter("give one of --user, --category and --card")
    return chosen[0]


def _day(moment: datetime) -> str:
    return moment.date().isoformat()


async def _export(url: str, path: str, parameters: dict[str, str], form: Format, file: TextIO) -> int:
    count = 0
    file.write(HEADERS[form]())
    async with open_client(url) as client:
        async for item in walk(client, path, parameters, Patience()):
            file.write(LINES[form](item))
            count += 1
    return count
