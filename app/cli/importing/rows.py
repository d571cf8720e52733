"""The rows of a CSV or JSON Lines file, one at a time."""

import codecs
import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from app.cli.importing.expressions import Row
from app.cli.importing.functions import RowInvalid

MAX_CELL_CHARACTERS = 64 * 1024


class Format(StrEnum):
    """What the file is."""

    CSV = "csv"
    JSONL = "jsonl"


class FileInvalid(ValueError):
    """The file cannot be read as what it should be; the message says where."""


@dataclass(frozen=True, slots=True)
class Numbered:
    """A row, and the line of the file it ends on (from 1). A row that cannot be read is its error."""

    line: int
    row: Row | RowInvalid


def format_of(path: Path) -> Format:
    """By the name's ending. Raises FileInvalid."""
    match path.suffix.lower():
        case ".csv":
            return Format.CSV
        case ".jsonl" | ".ndjson" | ".jsonlines":
            return Format.JSONL
    raise FileInvalid("cannot tell CSV from JSON Lines by the name: say --format csv or --format jsonl")


def check_encoding(name: str) -> str:
    """Python's name of it; `utf-8` also takes a byte order mark. Raises FileInvalid."""
    try:
        found = codecs.lookup(name).name
    except LookupError:
        raise FileInvalid(f"there is no encoding {name}") from None
    return "utf-8-sig" if found == "utf-8" else found


def read_rows(file: BinaryIO, form: Format, encoding: str) -> Iterator[Numbered]:
    """Raises FileInvalid when the rest of the file cannot be read."""
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    try:
        yield from _csv_rows(text) if form is Format.CSV else _json_rows(text)
    except UnicodeDecodeError:
        raise FileInvalid(f"the file is not {encoding}: say --encoding, for example cp932 or shift_jis") from None
    finally:
        text.detach()


def _csv_rows(text: io.TextIOWrapper) -> Iterator[Numbered]:
    csv.field_size_limit(MAX_CELL_CHARACTERS)
    reader = csv.reader(text, strict=True)
    try:
        header = next(reader, [])
        if not header or len(set(header)) != len(header):
            raise FileInvalid("the first line must name the columns, each of them once")
        for cells in reader:
            if not cells:  # an empty line
                continue
            if len(cells) != len(header):
                yield Numbered(reader.line_num, RowInvalid(f"{len(cells)} columns instead of {len(header)}"))
            else:
                yield Numbered(reader.line_num, dict(zip(header, cells, strict=True)))
    except csv.Error as error:
        raise FileInvalid(f"line {reader.line_num} is not CSV: {error}") from None


def _json_rows(text: io.TextIOWrapper) -> Iterator[Numbered]:
    for number, line in enumerate(text, start=1):
        if line.strip():
            yield Numbered(number, _object(line))


def _object(line: str) -> Row | RowInvalid:
    try:
        found = json.loads(line, parse_float=Decimal)
    except (ValueError, RecursionError):
        return RowInvalid("not JSON")
    return found if isinstance(found, dict) else RowInvalid("not a JSON object")
