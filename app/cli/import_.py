"""`kickbacks import`: purchases from a CSV or JSON Lines file, through the API.

Columns become fields by `--map field=expression` and `--set field=value`, or by a file of both (`--map-file`):
`app/cli/importing/mapping.py` has its form, `app/cli/importing/expressions.py` the expressions.

Beside FILE it keeps `FILE.errors.csv` (line, status, code, detail of each row that is not recorded) and, until it is
done, `FILE.import-state.json`, from which `--resume` goes on. Repeating an import is safe: purchases are known by
their transactionId; a row without one is given one by its place in the file and its content.
"""

import asyncio
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from app.cli.api_client import UrlInvalid, base_url, open_client
from app.cli.batch import BatchRefused, Patience, Unreachable
from app.cli.importing.errors import ErrorFile, errors_path
from app.cli.importing.expressions import Context
from app.cli.importing.job import Pace, Source, run_import
from app.cli.importing.mapping import MappingFile, MappingInvalid, build_converter, read_mapping
from app.cli.importing.progress import progress_bar
from app.cli.importing.rows import FileInvalid, Format, check_encoding, format_of
from app.cli.importing.state import CannotResume, State, load_state, save_state, state_path
from app.cli.output import err, fail, out

HASH_KEY = "KICKBACKS_HASH_KEY"
_CTRL_C = 130


def import_(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="CSV or JSON Lines")],
    url: Annotated[str, typer.Option(help="Where the service is")] = "http://127.0.0.1:8080",
    form: Annotated[Format | None, typer.Option("--format", help="Default: by the file's ending")] = None,
    map_file: Annotated[Path | None, typer.Option(help="TOML or JSON", exists=True, dir_okay=False)] = None,
    maps: Annotated[list[str] | None, typer.Option("--map", help="field=expression, repeatable")] = None,
    sets: Annotated[list[str] | None, typer.Option("--set", help="field=value, repeatable")] = None,
    timezone: Annotated[str | None, typer.Option(help="Of local_time, like Asia/Tokyo")] = None,
    encoding: Annotated[str | None, typer.Option(help="Default utf-8; cp932, euc_jp, ...")] = None,
    hash_key: Annotated[str | None, typer.Option(envvar=HASH_KEY, help="Secret of hmac(...)", show_envvar=True)] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where an import was stopped")] = False,
    chunk: Annotated[int, typer.Option(min=1, max=2000, help="Rows in one request")] = 1000,
    requests: Annotated[int, typer.Option(min=1, max=16, help="Requests under way at once")] = 2,
) -> None:
    """Record the purchases of a file. Safe to repeat."""
    try:
        base_url(url)  # a wrong address is told before anything is written
        mapping = _mapping(map_file, maps or [], sets or [], timezone, encoding)
        state = _import(file, form, mapping, url, hash_key, resume=resume, pace=Pace(chunk, requests))
    except (UrlInvalid, MappingInvalid, FileInvalid, CannotResume) as error:
        fail(str(error))
    except (BatchRefused, Unreachable) as error:
        fail(f"{url}: {error}. What was answered is kept: go on with --resume.")
    except KeyboardInterrupt:
        fail("Stopped. Go on with --resume.", code=_CTRL_C)
    out.print(state.tally.text())
    if state.tally.wrong:
        fail(f"{state.tally.wrong} rows are not recorded: see {errors_path(file)}")


def _mapping(
    path: Path | None, maps: list[str], sets: list[str], timezone: str | None, encoding: str | None
) -> MappingFile:
    base = read_mapping(path) if path else MappingFile()
    return MappingFile(
        timezone=timezone or base.timezone,
        encoding=encoding or base.encoding,
        map={**base.map, **dict(_pair(text) for text in maps)},
        set={**base.set, **dict(_pair(text) for text in sets)},
    )


def _pair(text: str) -> tuple[str, str]:
    field, sign, value = text.partition("=")
    if not sign or not value:
        raise MappingInvalid("--map and --set are written field=...")
    return field.strip(), value


def _context(mapping: MappingFile, hash_key: str | None) -> Context:
    try:
        zone = ZoneInfo(mapping.timezone) if mapping.timezone else None
    except (ZoneInfoNotFoundError, ValueError):
        raise MappingInvalid("the time zone is not one of the IANA database, like Asia/Tokyo") from None
    return Context(zone, hash_key.encode() if hash_key else None)


def _import(
    path: Path, form: Format | None, mapping: MappingFile, url: str, hash_key: str | None, *, resume: bool, pace: Pace
) -> State:
    converter = build_converter(mapping, _context(mapping, hash_key))
    encoding = check_encoding(mapping.encoding or "utf-8")
    with path.open("rb") as file:
        source = Source(file, form or format_of(path), encoding, converter)
        begun = _begun(source, url, state_path(path), resume=resume)
        with (
            ErrorFile(errors_path(path), begun.error_bytes) as errors,
            progress_bar(os.fstat(file.fileno()).st_size, begun, time.monotonic) as shown,
        ):

            def settled(state: State, position_bytes: int) -> None:
                save_state(state_path(path), state)
                shown(state, position_bytes)

            state = asyncio.run(_send(source, begun, errors, url, pace, settled))
    state_path(path).unlink(missing_ok=True)
    return state


def _begun(source: Source, url: str, kept: Path, *, resume: bool) -> State:
    fingerprint = source.converter.fingerprint
    state = load_state(kept) if resume else None
    if state is None:
        return State.begin(source.file, converter=fingerprint, url=url)
    state.check(source.file, converter=fingerprint, url=url)
    err.print(f"Going on after row {state.rows}.")
    return state


async def _send(
    source: Source,
    begun: State,
    errors: ErrorFile,
    url: str,
    pace: Pace,
    settled: Callable[[State, int], None],
) -> State:
    async with open_client(url) as client:
        return await run_import(source, begun, errors, client, pace=pace, patience=Patience(), settled=settled)
