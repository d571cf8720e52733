"""An import under way: rows in, chunks out, a few of them at once, settled in the order of the file."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

import httpx

from app.cli.batch import Patience, Result, post_lines
from app.cli.importing.errors import ErrorFile
from app.cli.importing.functions import RowInvalid
from app.cli.importing.mapping import Converter
from app.cli.importing.rows import FileInvalid, Format, Numbered, read_rows
from app.cli.importing.state import State

ROW_INVALID = "ROW_INVALID"
_REFUSED_HERE = 0


@dataclass(frozen=True, slots=True)
class Source:
    """The file and how to read it."""

    file: BinaryIO
    form: Format
    encoding: str
    converter: Converter


@dataclass(frozen=True, slots=True)
class Pace:
    """Rows in one request, and requests under way at once."""

    chunk_rows: int = 1000
    requests: int = 2


@dataclass(frozen=True, slots=True)
class _Entry:
    line: int
    body: bytes | RowInvalid


@dataclass(frozen=True, slots=True)
class _Chunk:
    """`rows` and `position_bytes`: how much of the file is behind us when this is settled."""

    entries: list[_Entry]
    rows: int
    position_bytes: int


async def run_import(
    source: Source,
    state: State,
    errors: ErrorFile,
    client: httpx.AsyncClient,
    *,
    pace: Pace,
    patience: Patience,
    settled: Callable[[State, int], None],
) -> State:
    """`settled` is called after each chunk, with the state to keep and the bytes of the file behind us.

    Raises FileInvalid, and what post_lines raises; everything that was settled before stays settled.
    """
    under_way: deque[tuple[_Chunk, asyncio.Task[list[Result]]]] = deque()

    async def settle() -> None:
        nonlocal state
        chunk, task = under_way[0]
        results = await task
        under_way.popleft()
        state = _settle(chunk, results, state, errors)
        settled(state, chunk.position_bytes)

    try:
        for chunk in _chunks(source, skip=state.rows, size=pace.chunk_rows):
            if len(under_way) == pace.requests:
                await settle()
            lines = [entry.body for entry in chunk.entries if isinstance(entry.body, bytes)]
            under_way.append((chunk, asyncio.create_task(post_lines(client, lines, patience))))
        while under_way:
            await settle()
    finally:
        await _cancel([task for _, task in under_way])
    return state


def _chunks(source: Source, *, skip: int, size: int) -> Iterator[_Chunk]:
    entries: list[_Entry] = []
    rows = 0
    for rows, numbered in enumerate(read_rows(source.file, source.form, source.encoding), start=1):
        if rows == 1 and source.form is Format.CSV:
            _check_columns(source.converter, numbered)
        if rows <= skip:
            continue
        entries.append(_entry(numbered, rows, source.converter))
        if len(entries) == size:
            yield _Chunk(entries, rows, source.file.tell())
            entries = []
    if entries:
        yield _Chunk(entries, rows, source.file.tell())


def _check_columns(converter: Converter, first: Numbered) -> None:
    missing = [] if isinstance(first.row, RowInvalid) else sorted(converter.columns - first.row.keys())
    if missing:
        raise FileInvalid(f"the file has no column {', '.join(missing)}")


def _entry(numbered: Numbered, number: int, converter: Converter) -> _Entry:
    if isinstance(numbered.row, RowInvalid):
        return _Entry(numbered.line, numbered.row)
    try:
        return _Entry(numbered.line, converter.body(numbered.row, number))
    except RowInvalid as error:
        return _Entry(numbered.line, error)


def _settle(chunk: _Chunk, results: list[Result], state: State, errors: ErrorFile) -> State:
    tally = replace(state.tally)
    answers = iter(results)
    for entry in chunk.entries:
        if isinstance(entry.body, RowInvalid):
            result = Result(_REFUSED_HERE, ROW_INVALID, str(entry.body))
        else:
            result = next(answers)
        if not tally.count(result.status):
            errors.write(entry.line, result)
    return state.advanced(chunk.rows, errors.flush(), tally)


async def _cancel(tasks: list[asyncio.Task[list[Result]]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
